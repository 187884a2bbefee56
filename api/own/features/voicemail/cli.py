"""carillon voicemail"""

from pathlib import Path

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli
from api.cli.files import audio_file, save
from api.own.features.voicemail.cli_boxes import boxes

_COLUMNS = ("id", "box", "caller", "called", "received", "seconds", "folder", "read")
_SPARE = ("called", "folder", "read")


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = VoicemailCommands(cli)
    app = App(name="voicemail", help="Voicemail: messages that callers left, and the boxes that they are in.")
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.fetch)
    app.command(noun.delete)
    app.command(noun.undelete)
    app.command(noun.forward)
    app.command(noun.pin)
    app.command(boxes(cli))
    return app


class VoicemailCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def list_all(
        self,
        *,
        account: str | None = None,
        box: str | None = None,
        folder: str | None = None,
        caller: str | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int = 50,
    ) -> None:
        """List messages, newest first.

        Parameters
        ----------
        box
            Only those in the box of this number.
        folder
            inbox, saved or trash; by default all but the trash.
        caller
            Only those of this number; withheld: of callers that showed none.
        since, until
            A date such as 2030-01-31, or a time such as 2030-01-31T12:00:00Z.
        """
        path = f"/accounts/{part(self._cli.account(account))}/voicemails"
        query = {"box": box, "folder": folder, "caller": caller, "since": since, "until": until}
        found = self._cli.admin.get(path, **query, limit=str(limit))["voicemails"]
        rows = [{**each, "caller": each["caller"] or "withheld"} for each in found]
        self._cli.output.table(found, rows, _COLUMNS, "There are no messages.", spare=_SPARE)

    def show(self, voicemail: str) -> None:
        """Show a message."""
        self._cli.output.fields(self._cli.admin.get(f"/voicemails/{part(voicemail)}"))

    def fetch(self, voicemail: str, file: Path | None = None) -> None:
        """Save a message's sound: a WAV or an MP3 file. It does not count as read by that.

        Parameters
        ----------
        file
            The path or folder to save to; by default this folder, under the message's id.
        """
        data, content_type = self._cli.admin.file(f"/voicemails/{part(voicemail)}/audio")
        file = audio_file(file, content_type, voicemail)
        save(file, data)
        self._cli.output.done({"file": str(file), "bytes": len(data)}, f"{file} has {len(data)} bytes.")

    def delete(self, voicemail: str, *, purge: bool = False) -> None:
        """Put a message into the trash, from which it is removed after seven days.

        Parameters
        ----------
        purge
            Remove it for good now, with its sound, from whatever folder.
        """
        self._cli.admin.delete(f"/voicemails/{part(voicemail)}", **({"purge": "true"} if purge else {}))
        self._cli.output.done({"deleted": voicemail}, f"{voicemail} was {'removed' if purge else 'deleted'}.")

    def undelete(self, voicemail: str) -> None:
        """Take a message out of the trash: within seven days."""
        shown = self._cli.admin.post(f"{self._own(voicemail)}/undelete")
        self._cli.output.done(shown, f"{voicemail} is in the {shown['folder']} of the box {shown['box']} again.")

    def forward(self, voicemail: str, box: str) -> None:
        """Put a copy of a message into another box of its account."""
        copy = self._cli.admin.post(f"{self._own(voicemail)}/forward", {"box": box})
        self._cli.output.done(copy, f"{copy['id']} is in the box {copy['box']}.")

    def pin(self, box: str, *, pin: str, account: str | None = None) -> None:
        """Set a box's PIN, which also unlocks the box after too many wrong ones.

        Parameters
        ----------
        pin
            4 to 10 digits; not one digit repeated, and not digits in a row such as 1234.
        """
        path = f"/accounts/{part(self._cli.account(account))}/voicemail-boxes/{part(box)}/pin"
        self._cli.admin.ask("PUT", path, body={"pin": pin})
        self._cli.output.done({"box": box}, f"The PIN of the box {box} was set.")

    def _own(self, voicemail: str) -> str:
        """Return a message's path below its account."""
        account = self._cli.admin.get(f"/voicemails/{part(voicemail)}")["account"]
        return f"/accounts/{part(account)}/voicemails/{part(voicemail)}"
