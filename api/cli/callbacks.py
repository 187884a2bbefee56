"""carillon callbacks"""

from cyclopts import App

from api.cli.client import CommandFailed, part
from api.cli.context import Cli


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = CallbackCommands(cli)
    app = App(name="callbacks", help="Callbacks that failed for good.")
    app.command(noun.failed)
    app.command(noun.resend)
    return app


class CallbackCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def failed(self, *, account: str | None = None) -> None:
        """List callbacks that failed for good, oldest first."""
        found = self._cli.admin.get("/callbacks/failed", account=account)["callbacks"]
        rows = [{**each, "attempts": len(each["attempts"])} for each in found]
        columns = ("id", "created", "action", "subject", "url", "attempts", "error")
        self._cli.output.table(found, rows, columns, "No callback has failed.")

    def resend(self, callback: str | None = None, *, every: bool = False, account: str | None = None) -> None:
        """Send a failed callback again by its id, or all of them with --every."""
        if every == (callback is not None):
            raise CommandFailed("Give a callback's id, or --every.")
        if callback is not None:
            sent = self._cli.admin.post(f"/callbacks/{part(callback)}/resend")
            self._cli.output.done(sent, f"{callback} is sent again.")
            return
        sent = self._cli.admin.ask("POST", "/callbacks/failed/resend", query={"account": account}, body={})
        self._cli.output.done(sent, f"{sent['resent']} callbacks are sent again.")
