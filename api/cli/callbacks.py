"""carillon callbacks"""

from cyclopts import App

from api.cli.client import CommandFailed, part
from api.cli.context import Cli, present


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = CallbackCommands(cli)
    app = App(name="callbacks", help="Callbacks that failed for good, or are to be sent again.")
    app.command(noun.failed)
    app.command(noun.resend)
    app.command(noun.replay)
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

    def replay(
        self,
        event: str | None = None,
        *,
        call: str | None = None,
        subscription: str | None = None,
        since: str | None = None,
    ) -> None:
        """Deliver callbacks again that were delivered or given up, under the same ids.

        Parameters
        ----------
        event
            An event's id, as in the header Carillon-Event-Id or webhook-id.
        call
            A call's, a conference's or a text's id: its callbacks.
        subscription
            A subscription's id: what was sent to it.
        since
            Only what was made since: a date, or a time such as 2030-01-31T12:00:00Z.
        """
        named = present(event=event, call=call, subscription=subscription)
        if len(named) != 1:
            raise CommandFailed("Give an event's id, --call or --subscription.")
        query = named | {"since": since}
        sent = self._cli.admin.ask("POST", "/callbacks/replay", query=query, body={})
        self._cli.output.done(sent, f"{sent['replayed']} callbacks are sent again.")
