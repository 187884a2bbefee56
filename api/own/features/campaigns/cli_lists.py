"""carillon do-not-call"""

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli

_COLUMNS = ("number", "at", "why")


def do_not_call(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = DoNotCallCommands(cli)
    app = App(name="do-not-call", help="Numbers that no campaign calls or texts: an account's, or (--all) everybody's.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.remove)
    return app


class DoNotCallCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(self, *numbers: str, account: str | None = None, all: bool = False, why: str = "") -> None:
        """Put numbers on the list."""
        done = self._cli.admin.post(self._path(account, all), {"numbers": list(numbers), "why": why})
        self._cli.output.done(done, f"{done['added']} added, {len(done['bad'])} are not numbers.")
        for each in done["bad"]:
            self._cli.output.say(f"  {each['number']}: {each['reason']}")

    def list_all(self, *, account: str | None = None, all: bool = False, after: str = "", limit: int = 100) -> None:
        """List the numbers, those after one."""
        found = self._cli.admin.get(self._path(account, all), after=after, limit=str(limit))["numbers"]
        self._cli.output.table(found, found, _COLUMNS, "The list is empty.", spare=("why",))

    def remove(self, number: str, *, account: str | None = None, all: bool = False) -> None:
        """Take a number off the list."""
        self._cli.admin.delete(f"{self._path(account, all)}/{part(number)}")
        self._cli.output.done({"removed": number}, f"{number} may be called again.")

    def _path(self, account: str | None, of_all: bool) -> str:
        return "/do-not-call" if of_all else f"/accounts/{part(self._cli.account(account))}/do-not-call"
