"""carillon trunks costs"""

from pathlib import Path

import msgspec
from cyclopts import App

from api.cli.client import CommandFailed, part
from api.cli.context import Cli


def commands(cli: Cli) -> App:
    """Return the commands."""
    noun = TrunkCostCommands(cli)
    app = App(name="costs", help="What calls by a trunk cost us: the cheapest of equal trunks is tried first.")
    app.command(noun.load)
    app.command(noun.list_all, name="list")
    app.command(noun.clear)
    return app


class TrunkCostCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def load(self, name: str, file: Path) -> None:
        """Replace a trunk's costs by those of a CSV file: prefix, price (a minute), currency."""
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandFailed(f"{file} cannot be read: {error.strerror}.") from error
        answer = msgspec.json.decode(self._cli.admin.raw("PUT", _path(name), data=data, content_type="text/csv"))
        self._cli.output.done(answer, f"{answer['loaded']} costs of the trunk {name} were loaded.")

    def list_all(self, name: str) -> None:
        """List a trunk's costs."""
        found = self._cli.admin.get(_path(name))["costs"]
        self._cli.output.table(found, found, ("prefix", "price", "currency"), f"The trunk {name} has no costs.")

    def clear(self, name: str) -> None:
        """Remove a trunk's costs; it is tried behind trunks whose cost is known."""
        answer = self._cli.admin.ask("DELETE", _path(name))
        self._cli.output.done(answer, f"{answer['removed']} costs of the trunk {name} were removed.")


def _path(name: str) -> str:
    return f"/trunks/{part(name)}/costs"
