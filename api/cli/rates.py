"""carillon rates"""

from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from api.cli.client import CommandFailed
from api.cli.confirm import confirm
from api.cli.context import Cli

Texts = Annotated[bool, Parameter(negative="")]


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = RateCommands(cli)
    app = App(name="rates", help="Rates: the prices of calls and of texts.")
    app.command(noun.load)
    app.command(noun.list_all, name="list")
    app.command(noun.clear)
    return app


class RateCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def load(self, file: Path, *, account: str | None = None, texts: Texts = False) -> None:
        """Replace all rates by those of a CSV file: prefix, price (a minute), first, next (seconds), currency.

        Parameters
        ----------
        account
            Replace only this account's own rates, which take precedence over the general ones.
        texts
            The rates of texts: prefix, price (a part), currency.
        """
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandFailed(f"{file} cannot be read: {error.strerror}.") from error
        text = self._cli.admin.raw("PUT", _path(texts), query={"account": account}, data=data, content_type="text/csv")
        answer = msgspec.json.decode(text)
        self._cli.output.done(answer, f"{_were(answer['loaded'], account)} loaded.")

    def list_all(self, *, account: str | None = None, texts: Texts = False) -> None:
        """List all rates, or an account's own.

        Parameters
        ----------
        texts
            The rates of texts.
        """
        found = self._cli.admin.get(_path(texts), account=account)["rates"]
        own = any(rate["account"] for rate in found)
        steps = () if texts else ("first", "next")
        columns = (*(("account",) if own else ()), "prefix", "price", *steps, "currency")
        self._cli.output.table(found, found, columns, _none_of(account, _what(texts)))

    def clear(self, *, account: str | None = None, texts: Texts = False, yes: bool = False) -> None:
        """Remove all general rates; accounts keep their own. A call or a text without a rate is free.

        Parameters
        ----------
        account
            Remove this account's own rates instead.
        texts
            The rates of texts.
        yes
            Do not ask for confirmation.
        """
        scope = _of(account) or "that count for every account "
        confirm(f"Remove all rates {scope.rstrip()}? A {_what(texts)} without a rate is free.", yes=yes)
        answer = self._cli.admin.ask("DELETE", _path(texts), query={"account": account})
        self._cli.output.done(answer, f"{_were(answer['removed'], account)} removed.")


def _none_of(account: str | None, what: str) -> str:
    if account:
        return f"The account {account} has no rates of its own: the general rates apply."
    return f"There are no rates: every {what} is free."


def _path(texts: bool) -> str:
    return "/message-rates" if texts else "/rates"


def _what(texts: bool) -> str:
    return "text" if texts else "call"


def _were(count: int, account: str | None) -> str:
    return f"{count} rate {_of(account)}was" if count == 1 else f"{count} rates {_of(account)}were"


def _of(account: str | None) -> str:
    return f"of the account {account} " if account else ""
