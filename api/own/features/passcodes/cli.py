"""carillon passcodes"""

from typing import Literal

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, present

_COLUMNS = ("id", "number", "way", "state", "reason", "tries", "created", "expires", "text", "call")
_SPARE = ("text", "call", "expires", "tries")
Way = Literal["text", "voice"]


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = PasscodeCommands(cli)
    app = App(name="passcodes", help="One-time codes: send, verify and list them; limits, and the end of a stop.")
    app.command(noun.send)
    app.command(noun.resend)
    app.command(noun.verify)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.settings)
    app.command(noun.resume)
    return app


class PasscodeCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def send(
        self,
        number: str,
        *,
        account: str | None = None,
        way: Way = "text",
        length: int = 6,
        message: str | None = None,
        locale: str | None = None,
        fallback_seconds: float | None = None,
    ) -> None:
        """Send a code to a number.

        Parameters
        ----------
        message
            What is sent or said, with {otp} where the code is to be.
        fallback_seconds
            A call says the code if the text fails, or no receipt comes in this time.
        """
        body = {"number": number, "way": way, "length": length}
        body |= present(message=message, locale=locale, fallback_seconds=fallback_seconds)
        sent = self._cli.admin.post(self._path(account), body)
        self._cli.output.done(sent, str(sent["id"]))

    def resend(self, passcode: str, *, account: str | None = None, way: Way | None = None) -> None:
        """Send the same code again."""
        sent = self._cli.admin.post(f"{self._path(account)}/{part(passcode)}/resend", present(way=way))
        self._cli.output.done(sent, f"{passcode} was sent again by {sent['way']}.")

    def verify(self, passcode: str, code: str, *, account: str | None = None) -> None:
        """Compare an answer with a passcode's code."""
        verified = self._cli.admin.post(f"{self._path(account)}/{part(passcode)}/verify", {"code": code})
        self._cli.output.done(verified, f"{verified['number']} is verified.")

    def list_all(self, *, account: str | None = None, limit: int = 50) -> None:
        """List passcodes, newest first."""
        found = self._cli.admin.get(self._path(account), limit=str(limit))["passcodes"]
        self._cli.output.table(found, found, _COLUMNS, "There are no passcodes.", spare=_SPARE)

    def show(self, passcode: str, *, account: str | None = None) -> None:
        """Show a passcode, without its code."""
        self._cli.output.fields(self._cli.admin.get(f"{self._path(account)}/{part(passcode)}"))

    def settings(
        self,
        *,
        account: str | None = None,
        country: tuple[str, ...] | None = None,
        most_to_number: int | None = None,
        most_to_range: int | None = None,
        most_of_address: int | None = None,
        most_of_account: int | None = None,
        least_sent: int | None = None,
        least_verified: int | None = None,
    ) -> None:
        """Show an account's limits, or change those that are given.

        Parameters
        ----------
        country
            A country to whose numbers passcodes are sent; give it once for each.
        most_to_number, most_to_range, most_of_address, most_of_account
            Passcodes in an hour.
        least_sent, least_verified
            Sending stops if of so many passcodes fewer than this percentage is verified; 0 percent: never.
        """
        path = self._path(account, "passcode-settings")
        wanted = present(
            most_to_number=most_to_number,
            most_to_range=most_to_range,
            most_of_address=most_of_address,
            most_of_account=most_of_account,
            least_sent=least_sent,
            least_verified=least_verified,
            countries=None if country is None else list(country),
        )
        found = self._cli.admin.get(path)
        if wanted:
            kept = {name: value for name, value in found.items() if name not in ("stopped", "why")}
            found = self._cli.admin.ask("PUT", path, body=kept | wanted)
        self._cli.output.fields(found)

    def resume(self, *, account: str | None = None) -> None:
        """Let passcodes be sent again after they were stopped."""
        found = self._cli.admin.post(f"{self._path(account, 'passcode-settings')}/resume", {})
        self._cli.output.done(found, "Passcodes are sent again.")

    def _path(self, account: str | None, noun: str = "passcodes") -> str:
        return f"/accounts/{part(self._cli.account(account))}/{noun}"
