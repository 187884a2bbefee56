"""carillon recordings"""

from pathlib import Path

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli
from api.cli.files import audio_file, save


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = RecordingCommands(cli)
    app = App(name="recordings", help="Recordings: list, fetch and delete them.")
    app.command(noun.list_all, name="list")
    app.command(noun.fetch)
    app.command(noun.delete)
    return app


class RecordingCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def list_all(self, *, account: str | None = None, limit: int = 50) -> None:
        """List recordings, newest first."""
        found = self._cli.admin.get("/recordings", account=account, limit=str(limit))["recordings"]
        columns = ("id", "name", "format", "created", "seconds", "bytes", "url")
        spare = ("url", "bytes", "name", "created")
        self._cli.output.table(found, found, columns, "There are no recordings.", spare=spare)

    def fetch(self, recording: str, file: Path | None = None) -> None:
        """Save a recording as it is stored: a WAV or an MP3 file.

        Parameters
        ----------
        file
            The path or folder to save to; by default this folder, under the recording's id.
        """
        data, content_type = self._cli.admin.file(f"/recordings/{part(recording)}/audio")
        file = audio_file(file, content_type, recording)
        save(file, data)
        self._cli.output.done({"file": str(file), "bytes": len(data)}, f"{file} has {len(data)} bytes.")

    def delete(self, recording: str) -> None:
        """Delete a recording for good."""
        self._cli.admin.delete(f"/recordings/{part(recording)}")
        self._cli.output.done({"deleted": recording}, f"{recording} was deleted.")
