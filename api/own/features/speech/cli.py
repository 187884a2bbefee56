"""carillon voices"""

from pathlib import Path
from typing import Literal

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, present
from api.cli.files import save


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = VoiceCommands(cli)
    app = App(name="voices", help="The voices that speak texts.")
    app.command(noun.list_all, name="list")
    app.command(noun.say)
    return app


class VoiceCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def list_all(self, *, locale: str = "", account: str | None = None) -> None:
        """List the voices by which texts are spoken.

        Parameters
        ----------
        locale
            Only those of a language, such as ne or pt-BR.
        """
        found = self._cli.admin.get(self._path(account))["voices"]
        wanted = locale.lower().replace("_", "-")
        found = [one for one in found if f"{one['locale']}-".startswith(f"{wanted}-" if wanted else "")]
        self._cli.output.table(found, found, ("name", "locale", "engine"), "There are no voices.")

    def say(
        self,
        text: str,
        file: Path,
        *,
        voice: str | None = None,
        locale: str | None = None,
        length_factor: float | None = None,
        ssml: bool = False,
        account: str | None = None,
    ) -> None:
        """Speak a text into a file, as calls hear it; WAV if its name ends in .wav, else MP3.

        Parameters
        ----------
        voice
            The name of a voice (carillon voices list); by default the one of the locale.
        locale
            The language, such as ne-NP; by default en-US.
        length_factor
            How long it takes: 1.4 is 1.4 times as long as the voice speaks by itself.
        ssml
            The text is SSML.
        """
        format: Literal["mp3", "wav"] = "wav" if file.suffix.lower() == ".wav" else "mp3"
        body = present(voice=voice, locale=locale, length_factor=length_factor)
        body |= {"text": text, "format": format, "ssml": ssml}
        data = self._cli.admin.file_of(f"{self._path(account)}/say", body)
        save(file, data)
        self._cli.output.done({"file": str(file), "bytes": len(data)}, f"{file} has {len(data)} bytes.")

    def _path(self, account: str | None) -> str:
        return f"/accounts/{part(self._cli.account(account))}/voices"
