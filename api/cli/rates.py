"""carillon rates"""

from pathlib import Path

import msgspec
from cyclopts import App

from api.cli.client import CommandFailed
from api.cli.confirm import confirm
from api.cli.context import Cli


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = RateCommands(cli)
    app = App(name="rates", help="Rates: the prices of calls.")
    app.command(noun.load)
    app.command(noun.list_all, name="list")
    app.command(noun.clear)
    return app


class RateCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def load(self, file: Path, *, account: str | None = None) -> None:
        """Replace all rates by those of a CSV file: prefix, price (a minute), first, next (seconds), currency.

        Parameters
        ----------
        account
            Replace only this account's own rates, which take precedence over the general ones.
        """
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandFailed(f"{file} cannot be read: {error.strerror}.") from error
        text = self._cli.admin.raw("PUT", "/rates", query={"account": account}, data=data, content_type="text/csv")
        answer = msgspec.json.decode(text)
        self._cli.output.done(answer, f"{answer['loaded']} rates {_of(account)}were loaded.")

    def list_all(self, *, account: str | None = None) -> None:
        """List all rates, or an account's own."""
        found = self._cli.admin.get("/rates", account=account)["rates"]
        own = any(rate["account"] for rate in found)
        columns = (*(("account",) if own else ()), "prefix", "price", "first", "next", "currency")
        self._cli.output.table(found, found, columns, _none_of(account))

    def clear(self, *, account: str | None = None, yes: bool = False) -> None:
        """Remove all general rates; accounts keep their own. A call without a rate is free.

        Parameters
        ----------
        account
            Remove this account's own rates instead.
        yes
            Do not ask for confirmation.
        """
        scope = _of(account) or "that count for every account "
        confirm(f"Remove all rates {scope.rstrip()}? A call without a rate is free.", yes=yes)
        answer = self._cli.admin.ask("DELETE", "/rates", query={"account": account})
        self._cli.output.done(answer, f"{answer['removed']} rates {_of(account)}were removed.")


def _none_of(account: str | None) -> str:
    if account:
        return f"The account {account} has no rates of its own: the general rates apply."
    return "There are no rates: every call is free."


def _of(account: str | None) -> str:
    return f"of the account {account} " if account else ""
