"""carillon faxes"""

from cyclopts import App

from api.cli.context import Cli


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = FaxCommands(cli)
    app = App(name="faxes", help="Faxes: pages that are sent.")
    app.command(noun.show)
    return app


class FaxCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def show(self, fax: str, *, account: str | None = None) -> None:
        """Show a fax."""
        self._cli.output.fields(self._cli.admin.get(f"/accounts/{self._cli.account(account)}/faxes/{fax}"))
