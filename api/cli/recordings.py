"""carillon recordings"""

from pathlib import Path

from cyclopts import App

from api.cli.client import CommandFailed, part
from api.cli.context import Cli


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = Recordings(cli)
    app = App(name="recordings", help="What was recorded.")
    app.command(noun.list_all, name="list")
    app.command(noun.fetch)
    app.command(noun.delete)
    return app


class Recordings:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def list_all(self, *, account: str | None = None, limit: int = 50) -> None:
        """List recordings, newest first."""
        found = self._cli.admin.get("/recordings", account=account, limit=str(limit))["recordings"]
        columns = ("id", "name", "created", "seconds", "bytes", "url")
        self._cli.output.table(found, found, columns, "There are no recordings.")

    def fetch(self, recording: str, file: Path) -> None:
        """Save a recording as a WAV file."""
        data = self._cli.admin.raw("GET", f"/recordings/{part(recording)}/audio")
        try:
            file.write_bytes(data)
        except OSError as error:
            raise CommandFailed(f"{file} cannot be written: {error.strerror}.") from error
        self._cli.output.done({"file": str(file), "bytes": len(data)}, f"{file} has {len(data)} bytes.")

    def delete(self, recording: str) -> None:
        """Delete a recording for good."""
        self._cli.admin.delete(f"/recordings/{part(recording)}")
        self._cli.output.done({"deleted": recording}, f"{recording} was deleted.")
