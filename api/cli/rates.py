"""carillon rates"""

from pathlib import Path

import msgspec
from cyclopts import App

from api.cli.client import CommandFailed
from api.cli.context import Cli


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = Rates(cli)
    app = App(name="rates", help="What calls cost.")
    app.command(noun.load)
    app.command(noun.list_all, name="list")
    return app


class Rates:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def load(self, file: Path) -> None:
        """Replace all rates by those of a CSV file: prefix, price (per minute), first, next (seconds), currency."""
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandFailed(f"{file} cannot be read: {error.strerror}.") from error
        answer = msgspec.json.decode(self._cli.admin.raw("PUT", "/rates", data=data, content_type="text/csv"))
        self._cli.output.done(answer, f"{answer['loaded']} rates were loaded.")

    def list_all(self) -> None:
        """List all rates."""
        found = self._cli.admin.get("/rates")["rates"]
        columns = ("prefix", "price", "first", "next", "currency")
        self._cli.output.table(found, found, columns, "There are no rates: every call is free.")
