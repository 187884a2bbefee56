"""carillon extensions"""

from cyclopts import App

from api.cli.client import part
from api.cli.context import Cli, destination_of, present


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = ExtensionCommands(cli)
    app = App(name="extensions", help="Softphones: SIP users that register here.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.show)
    app.command(noun.set)
    app.command(noun.remove)
    return app


class ExtensionCommands:
    """The commands."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(
        self,
        number: str,
        *,
        name: str = "",
        account: str | None = None,
        password: str | None = None,
        application: str | None = None,
    ) -> None:
        """Add an extension and print what a softphone is set up with.

        Parameters
        ----------
        number
            2 to 6 digits.
        password
            Without one it gets a random one.
        application
            An application that is asked (by its server) what each call of this phone shall do: a data client.
        """
        body = {"number": number, "name": name, "account": self._cli.account(account), "password": password}
        body["application"] = application
        self._cli.output.fields(self._cli.admin.post("/extensions", body))

    def list_all(self) -> None:
        """List all extensions, and whether their phones are registered (online)."""
        found = self._cli.admin.get("/extensions")["extensions"]
        columns = ("number", "name", "account", "application", "state")
        self._cli.output.table(found, found, columns, "There are no extensions.", spare=("application", "name"))

    def show(self, number: str) -> None:
        """Print what a softphone is set up with."""
        self._cli.output.fields(self._cli.admin.get(f"/extensions/{part(number)}/credentials"))

    def set(
        self,
        number: str,
        *,
        account: str | None = None,
        no_answer: str | None = None,
        busy: str | None = None,
        unregistered: str | None = None,
        ring_seconds: float | None = None,
    ) -> None:
        """Say where the calls go that an extension does not take; what is left out stays, "" takes one away.

        Parameters
        ----------
        no_answer
            A destination such as extension:102, group:NAME or forward:+12015550100, for calls that nobody answers.
        busy
            The same for calls that find it busy, or are declined.
        unregistered
            The same for calls while no phone is registered.
        ring_seconds
            How long it rings; 0 for as long as a call may ring.
        """
        body = present(
            account=account,
            no_answer=destination_of(no_answer),
            busy=destination_of(busy),
            unregistered=destination_of(unregistered),
            ring_seconds=ring_seconds,
        )
        shown = self._cli.admin.ask("PATCH", f"/extensions/{part(number)}", body=body)
        leading = [
            f"{reason.replace('_', ' ')}: {shown[reason]['text']}"
            for reason in ("no_answer", "busy", "unregistered")
            if shown[reason]
        ]
        self._cli.output.done(shown, f"{shown['number']} leads on by {'; '.join(leading) or 'nothing'}.")

    def remove(self, number: str) -> None:
        """Remove an extension."""
        self._cli.admin.delete(f"/extensions/{part(number)}")
        self._cli.output.done({"removed": number}, f"The extension {number} was removed.")
