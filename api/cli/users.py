"""carillon users"""

from typing import Any, Literal

from cyclopts import App

from api.cli import passwords
from api.cli.client import CommandFailed, part
from api.cli.confirm import confirm
from api.cli.context import Cli, present

_COLUMNS = ("email", "name", "role", "disabled", "created", "id")
_TOKENS = ("id", "name", "created", "expires")
_DAY = 86_400
Role = Literal["owner", "admin", "member"]


def commands(cli: Cli) -> App:
    """Return the noun's commands."""
    noun = Users(cli)
    app = App(name="users", help="The people of an account: their roles, passwords and tokens.")
    app.command(noun.add)
    app.command(noun.list_all, name="list")
    app.command(noun.set)
    app.command(noun.remove)
    app.command(noun.invite)
    app.command(noun.token)
    app.command(noun.tokens)
    app.command(noun.revoke)
    app.command(noun.status)
    return app


class Users:
    """The commands. A user is given by its e-mail address or its id."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli

    def add(
        self,
        email: str,
        *,
        account: str | None = None,
        role: Role = "member",
        name: str = "",
        invitation: bool | None = None,
        password_stdin: bool = False,
    ) -> None:
        """Add a user to an account. Without --password-stdin a password is made and printed once.

        If the installation sends mails and no password is given, the user is invited by e-mail to choose one.

        Parameters
        ----------
        account
            The account; may be left out if there is only one.
        role
            A member may read, an admin may change, an owner may change owners too.
        invitation
            Invite the user though its password is given; --no-invitation sends no invitation.
        password_stdin
            Read the password from standard input (at a terminal: ask for it). It has 12 to 256 characters.
        """
        body = {"email": email, "role": role, "name": name, **_password(password_stdin)} | present(invite=invitation)
        added = self._cli.admin.post(self._path(account), body)
        self._cli.output.fields(added)
        self._say_once(password_stdin)
        if added.get("invited"):
            self._cli.output.say(f"An invitation is sent to {added['email']}.")

    def list_all(self, *, account: str | None = None) -> None:
        """List the users of an account."""
        found = self._cli.admin.get(self._path(account))["users"]
        nothing = "There are no users: carillon users add EMAIL --role owner."
        self._cli.output.table(found, found, _COLUMNS, nothing, spare=("id", "created", "name"))

    def set(
        self,
        user: str,
        *,
        account: str | None = None,
        role: Role | None = None,
        name: str | None = None,
        email: str | None = None,
        disabled: bool | None = None,
        new_password: bool = False,
        password_stdin: bool = False,
    ) -> None:
        """Change a user. A new password, or --disabled, ends the user's tokens.

        Parameters
        ----------
        email
            A new address for the user.
        disabled
            Refuse the user's password and tokens; --no-disabled accepts the password again.
        new_password
            Make a password and print it once.
        password_stdin
            Read the password from standard input (at a terminal: ask for it).
        """
        body = present(role=role, name=name, email=email, disabled=disabled) | _password(password_stdin)
        body |= {"new_password": True} if new_password else {}
        if not body:
            raise CommandFailed("Nothing to change: give --role, --name, --email, --disabled or a password.")
        self._cli.output.fields(self._cli.admin.ask("PATCH", self._path(account, user), body=body))
        self._say_once(not new_password)

    def remove(self, user: str, *, account: str | None = None, yes: bool = False) -> None:
        """Remove a user and its tokens. The last owner of an account cannot be removed.

        Parameters
        ----------
        yes
            Do not ask for confirmation.
        """
        confirm(f"Remove the user {user} and its tokens?", yes=yes, needed=False)
        self._cli.admin.delete(self._path(account, user))
        self._cli.output.done({"removed": user}, f"The user {user} was removed.")

    def invite(self, user: str, *, account: str | None = None) -> None:
        """Send a user an invitation by e-mail to choose a password. Links sent before are not valid any more."""
        self._cli.output.fields(self._cli.admin.post(f"{self._path(account, user)}/invitation", None))

    def token(self, user: str, *, account: str | None = None, name: str = "", days: float | None = None) -> None:
        """Make a token for a user and print it once. A request carries it as Authorization: Bearer TOKEN.

        Parameters
        ----------
        name
            What the token is for.
        days
            After how many days it expires; by default never.
        """
        body = {"name": name, "seconds": None if days is None else days * _DAY}
        self._cli.output.fields(self._cli.admin.post(f"{self._path(account, user)}/tokens", body))
        self._cli.output.say("The token is not shown again.")

    def tokens(self, user: str, *, account: str | None = None) -> None:
        """List the tokens of a user, without their secrets."""
        found = self._cli.admin.get(f"{self._path(account, user)}/tokens")["tokens"]
        self._cli.output.table(found, found, _TOKENS, f"{user} has no tokens.", spare=("created",))

    def revoke(self, user: str, token: str, *, account: str | None = None) -> None:
        """Delete a token by its id. It is refused at once."""
        self._cli.admin.delete(f"{self._path(account, user)}/tokens/{part(token)}")
        self._cli.output.done({"revoked": token}, f"The token {token} was deleted.")

    def status(
        self,
        user: str,
        status: str | None = None,
        *,
        account: str | None = None,
        until: str | None = None,
        unset: bool = False,
    ) -> None:
        """Show a user's status, or set or unset it. What its phones say counts while none is set.

        Parameters
        ----------
        status
            A text of 1 to 64 characters, such as away; without it the status is shown.
        until
            When it ends, such as 2030-01-31T12:00:00+01:00; by default when it is unset.
        unset
            Let the user's phones say the status again.
        """
        if unset and status is not None:
            raise CommandFailed("Give a status or --unset, not both.")
        path = f"{self._path(account, user)}/status"
        if unset:
            shown = self._cli.admin.ask("DELETE", path)["status"]
        elif status is not None:
            shown = self._cli.admin.ask("PUT", path, body=present(status=status, until=until))["status"]
        else:
            shown = self._cli.admin.get(path)["status"]
        if shown is None:
            self._cli.output.done({"status": None}, f"Nobody set a status of {user}, and no phone says one.")
        else:
            self._cli.output.fields(shown)

    def _path(self, account: str | None, user: str | None = None) -> str:
        path = f"/accounts/{part(self._cli.account(account))}/users"
        return path if user is None else f"{path}/{part(user)}"

    def _say_once(self, given: bool) -> None:
        if not given:
            self._cli.output.say("The password is not shown again.")


def _password(from_stdin: bool) -> dict[str, Any]:
    """Return the field of the password; no field if it is not to be read."""
    return {"password": passwords.from_stdin()} if from_stdin else {}
