"""carillon applications"""

from pathlib import Path

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, answering, present


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = ApplicationCommands(cli)
    app = App(name="applications", help="What answers numbers: a fixed list of tasks, or a URL that is asked.")
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
        ringful_url: str | None = None,
        dialect: str | None = None,
        url: str | None = None,
        fallback: str | None = None,
    ) -> None:
        """Make an application, or replace the account's one of that name; prints its key, where it has its own.

        Parameters
        ----------
        say
            Speak this text and hang up.
        tasks
            A JSON file with a fixed list of tasks.
        ringful_url
            It gets action=CallReceived and then queues tasks: the same as --dialect ringful --url.
        dialect
            The API whose application it is, e.g. sinch.
        url
            The server that is told of its calls, or asked what they shall do.
        fallback
            The server that is tried when the first one fails.
        """
        body = {"name": name, "account": self._cli.account(account)} | answering(say, tasks, ringful_url)
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
        """Show an application by its id or key: its secret too, where it has its own, and its numbers."""
        self._cli.output.fields(self._cli.admin.get(f"/applications/{part(application)}"))

    def set(self, application: str, *, url: str | None = None, fallback: str | None = None) -> None:
        """Change the servers of an application, named by its id or key; an empty one is taken away.

        Parameters
        ----------
        url
            The server that is told of its calls, or asked what they shall do.
        fallback
            The server that is tried when the first one fails.
        """
        body = present(url=url, fallback=fallback)
        self._cli.output.fields(self._cli.admin.ask("PATCH", f"/applications/{part(application)}", body=body))

    def rotate(self, application: str) -> None:
        """Renew the secret of an application, named by its id or key; the old one is worth nothing at once."""
        self._cli.output.fields(self._cli.admin.post(f"/applications/{part(application)}/rotate"))

    def remove(self, application: str) -> None:
        """Delete an application by its id or key; no number may lead to it."""
        self._cli.admin.delete(f"/applications/{part(application)}")
        self._cli.output.done({"removed": application}, f"{application} was removed.")
