"""carillon subscriptions"""

import time
from typing import Any

from cyclopts import App

from api.cli.client import CommandFailed, part
from api.cli.context import Cli, present

LOOK_SECONDS = 0.5
"""How often new events are asked for."""
_COLUMNS = ("id", "events", "to", "application", "disabled", "created")


def commands(cli: Cli) -> tuple[App, App]:
    """Return the nouns' commands."""
    return _subscriptions(cli), _events(cli)


def _events(cli: Cli) -> App:
    noun = EventCommands(cli)
    app = App(name="events", help="The events of an account: what its programs are notified of.")
    app.command(noun.list_all, name="list")
    app.command(noun.tail)
    return app


def _subscriptions(cli: Cli) -> App:
    noun = SubscriptionCommands(cli)
    app = App(name="subscriptions", help="Subscriptions: webhooks and mails about an account's events.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.set)
    app.command(noun.remove)
    app.command(noun.rotate)
    app.command(noun.test)
    return app


class SubscriptionCommands:
    """The commands. A subscription is named by its id."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(
        self,
        account: str | None = None,
        *,
        events: str,
        url: str | None = None,
        email: str | None = None,
        application: str | None = None,
    ) -> None:
        """Subscribe to events of an account. A webhook's secret is printed once.

        Parameters
        ----------
        account
            The account; may be left out if there is only one.
        events
            Names of events and patterns, separated by commas, e.g. call.ended,recording.* ("*": all).
        url
            The URL to which events are posted, signed as Standard Webhooks.
        email
            The address to which they are mailed, one mail for each event.
        application
            The name of an application; only events of its calls are sent.
        """
        if (url is None) == (email is None):
            raise CommandFailed("Give either --url or --email.")
        body = present(url=url, email=email, application=application) | {"events": _names(events)}
        made = self._cli.admin.post(self._path(account), body)
        self._cli.output.fields(made)
        if "secret" in made:
            self._cli.output.say("The secret is not shown again.")

    def list_all(self, account: str | None = None) -> None:
        """List the subscriptions of an account."""
        found = self._cli.admin.get(self._path(account))["subscriptions"]
        rows = [{**each, "events": ",".join(each["events"]), "to": each["url"] or each["email"]} for each in found]
        nothing = "There are no subscriptions: carillon subscriptions add --url … --events call.ended."
        self._cli.output.table(found, rows, _COLUMNS, nothing, spare=("created", "application"))

    def show(self, subscription: str, *, account: str | None = None) -> None:
        """Show a subscription."""
        self._cli.output.fields(self._cli.admin.get(self._path(account, subscription)))

    def set(
        self, subscription: str, *, account: str | None = None, events: str | None = None, disabled: bool | None = None
    ) -> None:
        """Change the events of a subscription, or disable it.

        Parameters
        ----------
        events
            Names of events and patterns, separated by commas.
        disabled
            Send no events; pending deliveries are cancelled. --no-disabled sends events again.
        """
        body = present(events=None if events is None else _names(events), disabled=disabled)
        if not body:
            raise CommandFailed("Nothing to change: give --events or --disabled.")
        self._cli.output.fields(self._cli.admin.ask("PATCH", self._path(account, subscription), body=body))

    def remove(self, subscription: str, *, account: str | None = None) -> None:
        """Remove a subscription and cancel its pending deliveries."""
        self._cli.admin.delete(self._path(account, subscription))
        self._cli.output.done({"removed": subscription}, f"The subscription {subscription} was removed.")

    def rotate(self, subscription: str, *, account: str | None = None) -> None:
        """Renew the secret and print it once. For 24 hours the former secret signs too."""
        self._cli.output.fields(self._cli.admin.post(f"{self._path(account, subscription)}/rotate"))
        self._cli.output.say("The secret is not shown again.")

    def test(self, subscription: str, *, account: str | None = None) -> None:
        """Send a test event; `carillon callbacks failed` lists it if it cannot be delivered."""
        sent = self._cli.admin.post(f"{self._path(account, subscription)}/test")
        self._cli.output.done(sent, f"A test event is sent to {sent['url']}.")

    def _path(self, account: str | None, subscription: str | None = None) -> str:
        path = f"/accounts/{part(self._cli.account(account))}/subscriptions"
        return path if subscription is None else f"{path}/{part(subscription)}"


def _names(text: str) -> list[str]:
    return [name for each in text.split(",") if (name := each.strip())]


class EventCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def list_all(
        self, account: str | None = None, *, after: str | None = None, events: str | None = None, limit: int = 100
    ) -> None:
        """List the events of an account that are kept, the oldest first.

        Parameters
        ----------
        account
            The account; may be left out if there is only one.
        after
            The id of an event; those behind it are listed (--json shows ids).
        events
            Names of events and patterns, separated by commas, e.g. call.ended,recording.*
        limit
            The number of events to list, 1 to 1000.
        """
        page = self._page(account, after=after, events=events, limit=limit)
        rows = [{**each, "data": _line(each["data"])} for each in page["events"]]
        self._cli.output.table(page, rows, ("timestamp", "type", "data"), "There are no such events.")

    def tail(self, account: str | None = None, *, after: str | None = None, events: str | None = None) -> None:
        """Print the events of an account as they happen, one on a line, until it is interrupted (Ctrl-C).

        Parameters
        ----------
        account
            The account; may be left out if there is only one.
        after
            The id of an event; those behind it are printed first.
        events
            Names of events and patterns, separated by commas, e.g. call.ended,recording.*
        """
        last = after or self._page(account, after="latest", events=events)["last"]
        while True:
            page = self._page(account, after=last, events=events, limit=1000)
            for each in page["events"]:
                self._cli.output.line(each, f"{each['timestamp']}  {each['type']:<22} {_line(each['data'])}")
            last = page["last"]
            if not page["more"]:
                time.sleep(LOOK_SECONDS)

    def _page(self, account: str | None, **query: Any) -> dict[str, Any]:
        path = f"/accounts/{part(self._cli.account(account))}/events"
        page: dict[str, Any] = self._cli.admin.get(path, **present(**query))
        return page


def _line(data: dict[str, Any]) -> str:
    """Return an event's fields on one line, those without a value left out."""
    return " ".join(f"{name}={value}" for name, value in data.items() if value not in (None, ""))
