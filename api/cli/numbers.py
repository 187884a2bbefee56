"""carillon numbers"""

from pathlib import Path
from typing import Any

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, answering, destination_of, present


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = NumberCommands(cli)
    app = App(name="numbers", help="Numbers and short codes, and what answers them.")
    app.command(noun.add)
    app.command(noun.set)
    app.command(noun.assign)
    app.command(noun.unassign)
    app.command(noun.list_all, name="list")
    app.command(noun.remove)
    return app


class NumberCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(
        self,
        number: str,
        *,
        account: str | None = None,
        to: str | None = None,
        say: str | None = None,
        tasks: Path | None = None,
        dialect: str | None = None,
        url: str | None = None,
        application: str | None = None,
        unassigned: bool = False,
        replace: bool = False,
        capability: str = "voice",
        fax_to: str | None = None,
    ) -> None:
        """Add a number and what answers it: a destination, a text, a list of tasks, a URL, or an application.

        Parameters
        ----------
        to
            extension:101, group:NAME, room:NAME, application:NAME, forward:+12015550100, tasks:FILE, or hangup:CAUSE.
        say
            Speak this text and hang up.
        tasks
            A JSON file with a fixed list of tasks, e.g. [{"kind": "say", "text": "Hello"}].
        dialect
            The API in which the server at --url is notified or asked; carillon dialects lists them.
        url
            The server that is notified of its calls, or asked what they do next. --NAME-url URL is short for
            --dialect NAME --url URL.
        unassigned
            The account owns the number, and nothing answers it yet.
        replace
            Replace what answers a number that the account already has.
        capability
            voice for calls, sms for texts; a number may have both. Texts lead to an application, an extension or a
            user.
        fax_to
            Where a call goes if a fax machine calls: fax or fax:BOX. It is listened for its tone for a minute; people's
            calls are not changed.
        """
        body: dict[str, Any] = {"number": number, "account": self._cli.account(account), "capability": capability}
        body |= answering(say, tasks) | present(dialect=dialect, url=url, application=application)
        body |= present(to=destination_of(to), fax_to=fax_to)
        for name, given in (("unassigned", unassigned), ("replace", replace)):
            if given:
                body[name] = True
        self._assigned(self._cli.admin.post("/numbers", body))

    def set(self, number: str, *, to: str | None = None, capability: str = "voice", fax_to: str | None = None) -> None:
        """Lead a number, or its faxes, to another destination.

        Parameters
        ----------
        to
            As in carillon numbers add; "" leads to nothing.
        capability
            voice or sms.
        fax_to
            Where a call goes if a fax machine calls: fax or fax:BOX; "" leads it nowhere else.
        """
        body = {"capability": capability} | present(to=destination_of(to), fax_to=fax_to)
        self._assigned(self._cli.admin.ask("PATCH", f"/numbers/{part(number)}", body=body))

    def assign(self, number: str, application: str, *, capability: str = "voice") -> None:
        """Lead a number to another application of its account, given by its name.

        Parameters
        ----------
        capability
            voice or sms.
        """
        self._assign(number, application, capability)

    def unassign(self, number: str, *, capability: str = "voice") -> None:
        """Remove what answers a number; its account keeps the number.

        Parameters
        ----------
        capability
            voice or sms.
        """
        self._assign(number, None, capability)

    def list_all(self, *, account: str | None = None) -> None:
        """List all numbers, or those of an account."""
        found = self._cli.admin.get("/numbers", account=account)["numbers"]
        rows = [
            {
                "number": each["number"],
                "account": each["account"],
                "capability": each["capability"],
                "application": each["application"] and each["application"]["name"],
                "leads to": each["leads_to"]["text"] if each["leads_to"] else "nothing",
                "answers": _answers(each["application"], each["leads_to"]),
                "faxes": each["fax_to"]["text"] if each["fax_to"] else "",
            }
            for each in found
        ]
        columns: tuple[str, ...] = ("number", "account", "capability", "application", "leads to", "answers")
        if any(row["faxes"] for row in rows):
            columns = (*columns, "faxes")
        spare = ("capability", "application", "leads to")
        self._cli.output.table(found, rows, columns, "There are no numbers.", spare=spare)

    def remove(self, number: str) -> None:
        """Remove a number from its account."""
        self._cli.admin.delete(f"/numbers/{part(number)}")
        self._cli.output.done({"removed": number}, f"{number} was removed.")

    def _assign(self, number: str, application: str | None, capability: str) -> None:
        body = {"application": application, "capability": capability}
        self._assigned(self._cli.admin.ask("PATCH", f"/numbers/{part(number)}", body=body))

    def _assigned(self, shown: dict[str, Any]) -> None:
        application = shown["application"]
        if application and application["name"] == shown["number"]:
            how = f"is answered: {_answers(application, None)}"
        elif application or not shown["leads_to"]:
            how = f"is answered by {application['name']}" if application else "is not answered"
        else:
            how = f"leads to {shown['leads_to']['text']}"
        faxes = f"; faxes go to {shown['fax_to']['text']}" if shown["fax_to"] else ""
        self._cli.output.done(shown, f"{shown['number']} {how}{faxes}.")


def _answers(application: dict[str, Any] | None, leads_to: dict[str, Any] | None) -> str:
    if application is None:
        tasks = (leads_to or {}).get("tasks", ())
        return " ".join(str(task["kind"]) for task in tasks) or (str(leads_to["text"]) if leads_to else "nothing")
    if application["tasks"] is not None:
        return " ".join(str(task["kind"]) for task in application["tasks"]) or "nothing"
    return f"{application['dialect']}: {' '.join(str(value) for value in application['settings'].values())}"
