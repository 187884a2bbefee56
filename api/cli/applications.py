"""carillon applications"""

from pathlib import Path

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, answering, present


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = ApplicationCommands(cli)
    app = App(name="applications", help="Programs that answer numbers: a fixed list of tasks, or a server.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.set)
    app.command(noun.rotate)
    app.command(noun.remove)
    return app


class ApplicationCommands:
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
        dialect: str | None = None,
        url: str | None = None,
        fallback: str | None = None,
    ) -> None:
        """Create an application, or replace the account's application of that name; prints its key if it has one.

        Parameters
        ----------
        say
            Speak this text and hang up.
        tasks
            A JSON file with a fixed list of tasks.
        dialect
            The API that the application uses; carillon dialects lists them. --NAME-url URL is short for
            --dialect NAME --url URL.
        url
            The server that is notified of its calls, or asked what they do next.
        fallback
            The server that is tried if the first one fails.
        """
        body = {"name": name, "account": self._cli.account(account)} | answering(say, tasks)
        body |= present(dialect=dialect, url=url, fallback=fallback)
        added = self._cli.admin.post("/applications", body)
        if "key" in added and not self._cli.output.json:
            self._cli.output.fields(added)
        else:
            self._cli.output.done(added, f"The application {added['name']} is {added['id']}.")

    def list_all(self) -> None:
        """List all applications."""
        found = self._cli.admin.get("/applications")["applications"]
        columns = ("id", "name", "account", "dialect", "key", "settings")
        spare = ("settings", "dialect", "account")
        self._cli.output.table(found, found, columns, "There are no applications.", spare=spare)

    def show(self, application: str) -> None:
        """Show an application by its id or key, with its numbers, and its secret if it has one."""
        self._cli.output.fields(self._cli.admin.get(f"/applications/{part(application)}"))

    def set(self, application: str, *, url: str | None = None, fallback: str | None = None) -> None:
        """Change the servers of an application, given by its id or key; "" removes a server.

        Parameters
        ----------
        url
            The server that is notified of its calls, or asked what they do next.
        fallback
            The server that is tried if the first one fails.
        """
        body = present(url=url, fallback=fallback)
        self._cli.output.fields(self._cli.admin.ask("PATCH", f"/applications/{part(application)}", body=body))

    def rotate(self, application: str) -> None:
        """Renew the secret of an application, given by its id or key. The old secret is refused at once."""
        self._cli.output.fields(self._cli.admin.post(f"/applications/{part(application)}/rotate"))

    def remove(self, application: str) -> None:
        """Delete an application by its id or key. Refused while a number leads to it."""
        self._cli.admin.delete(f"/applications/{part(application)}")
        self._cli.output.done({"removed": application}, f"{application} was removed.")
