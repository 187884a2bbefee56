"""carillon applications"""

from pathlib import Path
from typing import Any

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, tasks_of


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = Applications(cli)
    app = App(name="applications", help="What answers numbers: a fixed list of tasks, or a URL that is asked.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.remove)
    return app


class Applications:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(
        self,
        name: str,
        *,
        account: str | None = None,
        say: str | None = None,
        tasks: Path | None = None,
        ringful_url: str | None = None,
    ) -> None:
        """Make an application, or replace the account's one of that name.

        Parameters
        ----------
        say
            Speak this text and hang up.
        tasks
            A JSON file with a fixed list of tasks.
        ringful_url
            It gets action=CallReceived and then queues tasks.
        """
        body: dict[str, Any] = {"name": name, "account": self._cli.account(account)}
        listed = tasks_of(say, tasks)
        if listed is not None:
            body["tasks"] = listed
        if ringful_url is not None:
            body |= {"dialect": "ringful", "url": ringful_url}
        added = self._cli.admin.post("/applications", body)
        self._cli.output.done(added, f"The application {added['name']} is {added['id']}.")

    def list_all(self) -> None:
        """List all applications."""
        found = self._cli.admin.get("/applications")["applications"]
        columns = ("id", "name", "account", "dialect", "settings")
        self._cli.output.table(found, found, columns, "There are no applications.")

    def remove(self, application: str) -> None:
        """Delete an application by its id; no number may lead to it."""
        self._cli.admin.delete(f"/applications/{part(application)}")
        self._cli.output.done({"removed": application}, f"{application} was removed.")
