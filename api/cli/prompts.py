"""carillon prompts"""

from pathlib import Path

from cyclopts import App

from api.cli.client import CommandFailed, part
from api.cli.context import Cli
from api.cli.files import audio_file, save


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = PromptCommands(cli)
    app = App(name="prompts", help="Audio files that an account uploads; every API plays them as upload:NAME.")
    app.command(noun.upload)
    app.command(noun.list_all, name="list")
    app.command(noun.fetch)
    app.command(noun.delete)
    return app


class PromptCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def upload(self, file: Path, *, name: str | None = None, account: str | None = None) -> None:
        """Upload a WAV, MP3, FLAC or OGG file; it replaces a file of the same name.

        Parameters
        ----------
        name
            The name by which it is played; by default the file's own name.
        """
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandFailed(f"{file} cannot be read: {error.strerror}.") from error
        kept = self._cli.admin.ask_raw("PUT", self._path(account, name or file.name), data)
        self._cli.output.done(kept, f"It plays as {kept['source']} and lasts {kept['seconds']:g} s.")

    def list_all(self, *, account: str | None = None) -> None:
        """List an account's files."""
        found = self._cli.admin.get(self._path(account))["prompts"]
        columns = ("name", "seconds", "bytes", "created")
        self._cli.output.table(found, found, columns, "There are no prompts.")

    def fetch(self, name: str, file: Path | None = None, *, account: str | None = None) -> None:
        """Save a file as it was uploaded.

        Parameters
        ----------
        file
            The path or folder to save to; by default this folder, under the file's own name.
        """
        data, content_type = self._cli.admin.file(self._path(account, name))
        file = audio_file(file, content_type, name)
        save(file, data)
        self._cli.output.done({"file": str(file), "bytes": len(data)}, f"{file} has {len(data)} bytes.")

    def delete(self, name: str, *, account: str | None = None) -> None:
        """Delete a file for good."""
        self._cli.admin.delete(self._path(account, name))
        self._cli.output.done({"deleted": name}, f"{name} was deleted.")

    def _path(self, account: str | None, name: str | None = None) -> str:
        path = f"/accounts/{part(self._cli.account(account))}/prompts"
        return path if name is None else f"{path}/{part(name)}"
