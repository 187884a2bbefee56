"""carillon pairs"""

from typing import Any

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, present

_COLUMNS = ("id", "account", "first", "second", "state", "result", "created", "at", "seconds", "price", "reason")
_SPARE = ("price", "reason", "at", "account", "created")
_LEGS = ("call", "caller", "callee", "answered", "cause", "hung_up_by", "seconds", "price")


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = PairCommands(cli)
    app = App(name="pairs", help="Click-to-call: two parties that are called one after the other and connected.")
    app.command(noun.place)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.cancel)
    return app


class PairCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def place(
        self,
        first: str,
        second: str,
        *,
        account: str | None = None,
        caller: str | None = None,
        second_caller: str | None = None,
        private: bool = False,
        say: str | None = None,
        at: str | None = None,
    ) -> None:
        """Call one party and, when it has answered, another one; connect the two.

        Parameters
        ----------
        caller
            The number that the first party sees, by default the account's own.
        second_caller
            The number that the second party sees, by default the first party's.
        private
            Show neither party the other one's number: both see the account's.
        say
            Speak this text to the first party while the second one is called.
        at
            Place it at this time, such as 2030-01-31T12:00:00+01:00, at most a year ahead.
        """
        body: dict[str, Any] = {"first": first, "second": second, "private": private}
        body |= present(caller=caller, second_caller=second_caller, at=at)
        if say is not None:
            body["greeting"] = [{"kind": "say", "text": say}]
        placed = self._cli.admin.post(f"/accounts/{part(self._cli.account(account))}/pairs", body)
        self._cli.output.done(placed, str(placed["id"]))

    def list_all(self, *, account: str | None = None, limit: int = 50) -> None:
        """List pairs, newest first."""
        found = self._cli.admin.get("/pairs", account=account, limit=str(limit))["pairs"]
        self._cli.output.table(found, found, _COLUMNS, "There are no pairs.", spare=_SPARE)

    def show(self, pair: str) -> None:
        """Show a pair, and how its calls ended."""
        found, output = self._cli.admin.get(f"/pairs/{part(pair)}"), self._cli.output
        if output.json:
            output.data(found)
            return
        output.fields({name: value for name, value in found.items() if name != "legs"})
        output.say("\ncalls")
        output.table(None, found["legs"], _LEGS, "  none has ended")

    def cancel(self, pair: str) -> None:
        """End a pair: before its time, while either party rings, or while they are connected."""
        ended = self._cli.admin.ask("DELETE", f"/pairs/{part(pair)}")
        before = ended["state"] == "ended"
        self._cli.output.done(ended, f"{pair} was cancelled{' before anybody was called' if before else ''}.")
