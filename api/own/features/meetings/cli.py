"""carillon meetings"""

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, present

_COLUMNS = ("id", "name", "starts", "ends", "owner", "link")


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = MeetingCommands(cli)
    app = App(name="meetings", help="Meetings: conferences that are entered by a link or a PIN.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.set)
    app.command(noun.remove)
    return app


class MeetingCommands:
    """The commands. A meeting is named by its id."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(
        self,
        name: str | None = None,
        *,
        account: str | None = None,
        starts: str | None = None,
        ends: str | None = None,
        pin: str | None = None,
        owner: str | None = None,
        waits_for_host: bool = False,
        language: str = "en-US",
        timezone: str = "UTC",
    ) -> None:
        """Make a meeting. Its links are printed, and its PINs once.

        Parameters
        ----------
        name
            Its name, which its page shows; by default its id.
        account
            The account; may be left out if there is only one.
        starts
            When it starts, such as 2030-01-31T12:00:00+01:00: it is open from 15 minutes before.
        ends
            When it ends: nobody enters after that, and 30 days later it is removed.
        pin
            The PIN of those who enter by telephone, 4 to 10 digits; chosen at random by default.
        owner
            The user whose meeting it is, by e-mail address.
        waits_for_host
            Guests wait, with music, until the host is there.
        language
            Of what is spoken, such as en-US or de-DE.
        timezone
            In which times are spoken, such as Europe/Berlin.
        """
        body = present(name=name, starts=starts, ends=ends, pin=pin, owner=owner)
        body |= {"waits_for_host": waits_for_host, "language": language, "timezone": timezone}
        made = self._cli.admin.post(self._path(account), body)
        self._cli.output.fields(made)
        self._cli.output.say("The PINs are not shown again.")
        if not made["numbers"]:
            self._cli.output.say(
                "To enter by telephone too, let a number lead there: carillon numbers set NUMBER --to rooms."
            )

    def list_all(self, account: str | None = None) -> None:
        """List the meetings of an account."""
        found = self._cli.admin.get(self._path(account))["meetings"]
        self._cli.output.table(found, found, _COLUMNS, "There are no meetings.", spare=("owner", "ends", "starts"))

    def show(self, meeting: str, *, account: str | None = None) -> None:
        """Show a meeting with its links, without its PINs."""
        self._cli.output.fields(self._cli.admin.get(self._path(account, meeting)))

    def set(
        self,
        meeting: str,
        *,
        account: str | None = None,
        name: str | None = None,
        starts: str | None = None,
        ends: str | None = None,
        pin: str | None = None,
        new_links: bool = False,
    ) -> None:
        """Change a meeting; who is in it stays. Options left out stay as they are.

        Parameters
        ----------
        name
            Its name.
        starts
            When it starts; "": always open.
        ends
            When it ends; "": never.
        pin
            A new PIN for those who enter by telephone.
        new_links
            Give it other links: those of before end.
        """
        times = {field: value or None for field, value in present(starts=starts, ends=ends).items()}
        body = present(name=name, pin=pin) | times | {"new_links": new_links}
        self._cli.output.fields(self._cli.admin.ask("PATCH", self._path(account, meeting), body=body))

    def remove(self, meeting: str, *, account: str | None = None) -> None:
        """Remove a meeting and its room; who is in it stays."""
        self._cli.admin.delete(self._path(account, meeting))
        self._cli.output.done({"removed": meeting}, f"The meeting {meeting} was removed.")

    def _path(self, account: str | None, meeting: str | None = None) -> str:
        path = f"/accounts/{part(self._cli.account(account))}/meetings"
        return path if meeting is None else f"{path}/{part(meeting)}"
