"""carillon numbers"""

from pathlib import Path
from typing import Any

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, tasks_of


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = Numbers(cli)
    app = App(name="numbers", help="Numbers and short codes that can be called, and what answers them.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.remove)
    return app


class Numbers:
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
        """
        body: dict[str, Any] = {"number": number, "account": self._cli.account(account)}
        listed = tasks_of(say, tasks)
        if listed is not None:
            body["tasks"] = listed
        if ringful_url is not None:
            body |= {"dialect": "ringful", "url": ringful_url}
        if application is not None:
            body["application"] = application
        added = self._cli.admin.post("/numbers", body)
        self._cli.output.done(added, f"{added['number']} is answered by {added['application']['name']}.")

    def list_all(self) -> None:
        """List all numbers."""
        found = self._cli.admin.get("/numbers")["numbers"]
        rows = [
            {
                "number": each["number"],
                "account": each["account"],
                "application": each["application"]["name"],
                "answers": _answers(each["application"]),
            }
            for each in found
        ]
        self._cli.output.table(found, rows, ("number", "account", "application", "answers"), "There are no numbers.")

    def remove(self, number: str) -> None:
        """Let a number be answered by nobody."""
        self._cli.admin.delete(f"/numbers/{part(number)}")
        self._cli.output.done({"removed": number}, f"{number} was removed.")


def _answers(application: dict[str, Any]) -> str:
    if application["tasks"] is not None:
        return " ".join(str(task["kind"]) for task in application["tasks"]) or "nothing"
    return f"{application['dialect']}: {' '.join(str(value) for value in application['settings'].values())}"
