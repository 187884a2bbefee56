"""carillon messages, carillon optouts"""

from typing import Any

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, present
from api.cli.follow import line_of
from api.cli.lines import short, time_of

_COLUMNS = ("id", "account", "direction", "sender", "recipient", "text", "state", "created", "parts", "price", "reason")
_SPARE = ("price", "parts", "account", "reason", "created", "direction")
_UNMATCHED = ("at", "carrier", "sender", "recipient", "reason", "text")
_PARTS = ("number", "state", "carrier", "carrier_id", "at", "reason")
_CALLBACKS = ("id", "created", "action", "state", "url")


def messages(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = MessageCommands(cli)
    app = App(name="messages", help="Texts (SMS): send, list, show and cancel them.")
    app.command(noun.send)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.cancel)
    app.command(noun.unmatched)
    app.command(noun.settings)
    return app


class MessageCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def send(
        self,
        to: str,
        text: str,
        *,
        account: str | None = None,
        sender: str | None = None,
        at: str | None = None,
        valid_seconds: float | None = None,
    ) -> None:
        """Send a text to a number, or to the phone of an extension.

        Parameters
        ----------
        sender
            One of the account's numbers for texts; by default the one that `carillon messages settings` shows.
        at
            Send it at this time, such as 2030-01-31T12:00:00+01:00, at most a year ahead.
        valid_seconds
            For how long it may be tried; by default three days.
        """
        body = {"to": to, "text": text} | present(sender=sender, at=at, valid_seconds=valid_seconds)
        sent = self._cli.admin.post(f"/accounts/{part(self._cli.account(account))}/messages", body)
        self._cli.output.done(sent, str(sent["id"]))

    def list_all(
        self,
        *,
        account: str | None = None,
        direction: str | None = None,
        number: str | None = None,
        state: str | None = None,
        since: str | None = None,
        user: str | None = None,
        limit: int = 50,
    ) -> None:
        """List texts, newest first.

        Parameters
        ----------
        direction
            in or out.
        number
            Only those from or to this number or extension.
        state
            queued, sent, delivered, failed, expired, unknown or received; several separated by commas.
        since
            A date such as 2030-01-31, or a time such as 2030-01-31T12:00:00Z.
        user
            Only those in this user's inbox, by e-mail address.
        """
        account = self._cli.account(account) if user else account
        query = {"account": account, "direction": direction, "number": number, "state": state, "since": since}
        query["user"] = user
        found = self._cli.admin.get("/messages", **query, limit=str(limit))["messages"]
        rows = [{**each, "text": short(each["text"], 40)} for each in found]
        self._cli.output.table(found, rows, _COLUMNS, "There are no texts.", spare=_SPARE)

    def show(self, message: str) -> None:
        """Show a text: its parts and receipts, its events and callbacks."""
        found, output = self._cli.admin.get(f"/messages/{part(message)}"), self._cli.output
        if output.json:
            output.data(found)
            return
        output.fields(_shown(found["message"]))
        if found["parts"]:
            output.say("\nparts")
            output.table(None, found["parts"], _PARTS, "", spare=("reason", "at"))
        output.say("\nevents")
        for event in found["events"]:
            output.say(f"  {event['sequence']:>3}  {line_of(event)}")
        output.say("\ncallbacks")
        rows = [{**each, "created": time_of(each["created"])} for each in found["callbacks"]]
        output.table(None, rows, _CALLBACKS, "  no callback was due", spare=("created",))

    def cancel(self, message: str) -> None:
        """Cancel a text of which no part has left yet."""
        self._cli.admin.delete(f"/messages/{part(message)}")
        self._cli.output.done({"cancelled": message}, f"{message} was cancelled.")

    def unmatched(self, *, since: str | None = None, limit: int = 50) -> None:
        """List the newest texts that reached no number of an account.

        Parameters
        ----------
        since
            A date such as 2030-01-31, or a time such as 2030-01-31T12:00:00Z.
        """
        found = self._cli.admin.get("/messages/unmatched", since=since, limit=str(limit))["messages"]
        rows = [{**each, "text": short(each["text"], 40)} for each in found]
        self._cli.output.table(found, rows, _UNMATCHED, "Every text reached a number.", spare=("carrier", "reason"))

    def settings(
        self,
        account: str | None = None,
        *,
        sender: str | None = None,
        per_second: float | None = None,
        stop_words: bool | None = None,
    ) -> None:
        """Show what an account has set for its texts, or change it.

        Parameters
        ----------
        sender
            The number that its texts come from; "" is the first of its numbers for texts.
        per_second
            How many of its texts are sent in a second.
        stop_words
            Whether STOP and START in a text to it count.
        """
        path = f"/accounts/{part(self._cli.account(account))}/texting"
        body = present(sender=sender, per_second=per_second, stop_words=stop_words)
        self._cli.output.fields(self._cli.admin.ask("PATCH", path, body=body) if body else self._cli.admin.get(path))


def opt_outs(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = OptOutCommands(cli)
    app = App(name="optouts", help="Numbers that get no texts of an account: they sent STOP, or were added.")
    app.command(noun.list_all, name="list")
    app.command(noun.add)
    app.command(noun.remove)
    return app


class OptOutCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def list_all(self, account: str | None = None, *, after: str | None = None, limit: int = 100) -> None:
        """List the numbers that get no texts of an account.

        Parameters
        ----------
        after
            List those behind this number.
        """
        found = self._cli.admin.get(self._path(account), after=after, limit=str(limit))["opt_outs"]
        self._cli.output.table(found, found, ("number", "since", "word"), "Every number gets the texts.")

    def add(self, number: str, *, account: str | None = None) -> None:
        """Let a number get no texts of an account any more."""
        added = self._cli.admin.post(self._path(account), {"number": number})
        self._cli.output.done(added, f"{added['number']} gets no texts any more.")

    def remove(self, number: str, *, account: str | None = None) -> None:
        """Let a number get the texts of an account again: only if its owner asked for it."""
        self._cli.admin.delete(f"{self._path(account)}/{part(number)}")
        self._cli.output.done({"removed": number}, f"{number} gets texts again.")

    def _path(self, account: str | None) -> str:
        return f"/accounts/{part(self._cli.account(account))}/opt-outs"


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    hidden = ("account",) if not message["account"] else ()
    return {name: value for name, value in message.items() if name not in hidden and value not in (None, "")}
