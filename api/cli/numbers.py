"""carillon numbers"""

from pathlib import Path
from typing import Any

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, answering, present


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = NumberCommands(cli)
    app = App(name="numbers", help="Numbers and short codes that can be called, and what answers them.")
    app.command(noun.add)
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
        say: str | None = None,
        tasks: Path | None = None,
        ringful_url: str | None = None,
        application: str | None = None,
        unassigned: bool = False,
        replace: bool = False,
        capability: str = "voice",
    ) -> None:
        """Let a number be answered: by a text, a list of tasks, a Ringful URL, or an application that is there.

        Parameters
        ----------
        say
            Speak this text and hang up.
        tasks
            A JSON file with a fixed list of tasks, e.g. [{"kind": "say", "text": "Hello"}].
        ringful_url
            It gets action=CallReceived and then queues tasks.
        unassigned
            Nobody answers it as yet: the account owns it.
        replace
            The account has the number already: this is what answers it from now on.
        capability
            voice or sms.
        """
        body: dict[str, Any] = {"number": number, "account": self._cli.account(account), "capability": capability}
        body |= answering(say, tasks, ringful_url) | present(application=application)
        for name, given in (("unassigned", unassigned), ("replace", replace)):
            if given:
                body[name] = True
        self._assigned(self._cli.admin.post("/numbers", body))

    def assign(self, number: str, application: str, *, capability: str = "voice") -> None:
        """Let a number lead to another application of its account, by the application's name.

        Parameters
        ----------
        capability
            voice or sms.
        """
        self._assign(number, application, capability)

    def unassign(self, number: str, *, capability: str = "voice") -> None:
        """Let a number be answered by nobody; its account keeps it.

        Parameters
        ----------
        capability
            voice or sms.
        """
        self._assign(number, None, capability)

    def list_all(self) -> None:
        """List all numbers."""
        found = self._cli.admin.get("/numbers")["numbers"]
        rows = [
            {
                "number": each["number"],
                "account": each["account"],
                "capability": each["capability"],
                "application": each["application"] and each["application"]["name"],
                "answers": _answers(each["application"]),
            }
            for each in found
        ]
        columns = ("number", "account", "capability", "application", "answers")
        self._cli.output.table(found, rows, columns, "There are no numbers.", spare=("capability", "application"))

    def remove(self, number: str) -> None:
        """Take a number from its account; nobody answers it."""
        self._cli.admin.delete(f"/numbers/{part(number)}")
        self._cli.output.done({"removed": number}, f"{number} was removed.")

    def _assign(self, number: str, application: str | None, capability: str) -> None:
        body = {"application": application, "capability": capability}
        self._assigned(self._cli.admin.ask("PATCH", f"/numbers/{part(number)}", body=body))

    def _assigned(self, shown: dict[str, Any]) -> None:
        by = f"is answered by {shown['application']['name']}" if shown["application"] else "is answered by nobody"
        self._cli.output.done(shown, f"{shown['number']} {by}.")


def _answers(application: dict[str, Any] | None) -> str:
    if application is None:
        return "nothing"
    if application["tasks"] is not None:
        return " ".join(str(task["kind"]) for task in application["tasks"]) or "nothing"
    return f"{application['dialect']}: {' '.join(str(value) for value in application['settings'].values())}"
