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
        owner: str | None = None,
    ) -> None:
        """Add an extension and print the settings for its softphone.

        The softphone registers with the user that is printed: the number or, if another account has or had a user of
        that name, the number with a random suffix, e.g. 101-k7m3qd.

        Parameters
        ----------
        number
            2 to 6 digits, unique within the account.
        password
            The SIP password; without it a random one is made.
        application
            An application whose server decides what each call of this phone does (a data client, in some APIs).
        owner
            The user whose phone it is, by e-mail address; texts and calls that lead to the user reach it.
        """
        body = {"number": number, "name": name, "account": self._cli.account(account), "password": password}
        body |= {"application": application, "owner": owner}
        self._cli.output.fields(self._cli.admin.post("/extensions", body))

    def list_all(self, *, account: str | None = None) -> None:
        """List all extensions, or those of an account, and whether their phones are registered (online)."""
        found = self._cli.admin.get("/extensions", account=account)["extensions"]
        columns = ("number", "name", "account", "user", "owner", "application", "state")
        spare = ("application", "owner", "name", "user")
        self._cli.output.table(found, found, columns, "There are no extensions.", spare=spare)

    def show(self, number: str, *, account: str | None = None) -> None:
        """Print the settings for an extension's softphone.

        Parameters
        ----------
        account
            The account of the extension; needed if several accounts have that number.
        """
        self._cli.output.fields(self._cli.admin.get(f"/extensions/{part(number)}/credentials", account=account))

    def set(
        self,
        number: str,
        *,
        account: str | None = None,
        no_answer: str | None = None,
        busy: str | None = None,
        unregistered: str | None = None,
        ring_seconds: float | None = None,
        owner: str | None = None,
    ) -> None:
        """Set where calls go that an extension does not take, and to whom it belongs.

        Options left out stay as they are; "" removes one.

        Parameters
        ----------
        no_answer
            A destination such as extension:102, group:NAME or forward:+12015550100, for calls that are not answered.
        busy
            The same for calls that are declined, or find the extension busy.
        unregistered
            The same for calls while no phone is registered.
        ring_seconds
            How long the extension rings, in seconds; 0: as long as a call may ring.
        owner
            The user whose phone it is, by e-mail address.
        """
        body = present(
            account=account,
            no_answer=destination_of(no_answer),
            busy=destination_of(busy),
            unregistered=destination_of(unregistered),
            ring_seconds=ring_seconds,
            owner=owner,
        )
        shown = self._cli.admin.ask("PATCH", f"/extensions/{part(number)}", body=body)
        leading = [
            f"{reason.replace('_', ' ')}: {shown[reason]['text']}"
            for reason in ("no_answer", "busy", "unregistered")
            if shown[reason]
        ]
        owned = f" It belongs to {shown['owner']}." if shown["owner"] else ""
        self._cli.output.done(shown, f"{shown['number']} leads on by {'; '.join(leading) or 'nothing'}.{owned}")

    def remove(self, number: str, *, account: str | None = None) -> None:
        """Remove an extension.

        Parameters
        ----------
        account
            The account of the extension; needed if several accounts have that number.
        """
        self._cli.admin.delete(f"/extensions/{part(number)}", account=account)
        self._cli.output.done({"removed": number}, f"The extension {number} was removed.")
