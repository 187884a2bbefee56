"""An account's users, their tokens and passwords, and what was changed by them."""

from typing import Annotated, Any, Literal

from api.own.schema.fields import Given, Moment, MomentOrNone, Shown, says

Role = Literal["owner", "admin", "member"]
PASSWORD = "12 to 256 characters."
LIFETIME = "For how many seconds the token is good; null: it does not expire."


class NewUser(Given, frozen=True, kw_only=True):
    """A user to add."""

    email: Annotated[str, says("The e-mail address, unique within the account in any case of its letters.")]
    name: Annotated[str, says("The person's name.")] = ""
    role: Annotated[Role, says("What the user may do.")] = "member"
    password: Annotated[str | None, says(f"{PASSWORD} Null: one is made and shown in the answer.", writeOnly=True)] = (
        None
    )
    invite: Annotated[
        bool | None,
        says(
            "Whether the user is invited by e-mail to choose a password; null: if the installation sends mails and no "
            "password is given."
        ),
    ] = None


class ChangedUser(Given, frozen=True, kw_only=True):
    """What changes of a user. Null and what is left out stay."""

    email: Annotated[str | None, says("The e-mail address.")] = None
    name: Annotated[str | None, says("The person's name.")] = None
    role: Annotated[Role | None, says("What the user may do.")] = None
    disabled: Annotated[bool | None, says("Whether the user is refused.")] = None
    password: Annotated[str | None, says(PASSWORD, writeOnly=True)] = None
    new_password: Annotated[bool, says("Whether a password is made and shown in the answer.")] = False


class User(Shown, frozen=True, kw_only=True):
    """A person in an account."""

    id: Annotated[str, says("The user's id.")]
    email: Annotated[str, says("The e-mail address, in lower case.")]
    name: Annotated[str, says("The person's name.")]
    role: Annotated[Role, says("What the user may do.")]
    disabled: Annotated[bool, says("Whether the user is refused.")]
    created: Moment


class UserWithPassword(User, frozen=True, kw_only=True, omit_defaults=True):
    """A user, and the password that was made, which is shown here alone."""

    password: Annotated[str, says("The password; only if one was made.")] = ""
    invited: Annotated[bool, says("True if the user was added and is sent an invitation.")] = False


class Users(Shown, frozen=True, kw_only=True):
    """An account's users."""

    users: Annotated[tuple[User, ...], says("The users.")]


class WantedToken(Given, frozen=True, kw_only=True):
    """A token to make."""

    name: Annotated[str, says("What it is for.")] = ""
    seconds: Annotated[float | None, says(LIFETIME)] = None


class Token(Shown, frozen=True, kw_only=True):
    """A token of a user, without its secret."""

    id: Annotated[str, says("Its id, the part before the dot.")]
    name: Annotated[str, says("What it is for.")]
    created: Moment
    expires: MomentOrNone


class NewToken(Token, frozen=True, kw_only=True):
    """A token that was made."""

    token: Annotated[str, says("The token, which is shown here alone.")]


class Tokens(Shown, frozen=True, kw_only=True):
    """A user's tokens."""

    tokens: Annotated[tuple[Token, ...], says("The tokens.")]


class SignIn(Given, frozen=True, kw_only=True):
    """A user that signs in."""

    account: Annotated[str, says("The account's name or id.")]
    email: Annotated[str, says("The user's e-mail address.")]
    password: Annotated[str, says("The user's password.", writeOnly=True)]


class SignedIn(NewToken, frozen=True, kw_only=True):
    """A token that is good for 12 hours, and its user."""

    user: Annotated[User, says("The user.")]


class ChangedPassword(Given, frozen=True, kw_only=True):
    """A user's password and the new one."""

    password: Annotated[str, says("The password.", writeOnly=True)]
    new_password: Annotated[str, says(PASSWORD, writeOnly=True)]


class Actor(Shown, frozen=True, kw_only=True):
    """The one who made a change."""

    kind: Annotated[str, says("admin, account, user or system.")]
    id: Annotated[str | None, says("The id of the account or user.")]
    name: Annotated[str, says("Its name at that time.")]


class AuditEntry(Shown, frozen=True, kw_only=True):
    """One change of an account."""

    id: Annotated[str, says("The entry's id.")]
    at: Moment
    by: Annotated[Actor, says("The one who made it.")]
    what: Annotated[str, says("What was changed, such as limits.changed.")]
    subject: Annotated[str, says("The thing that was changed.")]
    before: Annotated[dict[str, Any] | None, says("The fields that changed, before; null for what was added.")]
    after: Annotated[dict[str, Any] | None, says("The fields that changed, after; null for what was removed.")]


class Audit(Shown, frozen=True, kw_only=True):
    """A page of changes."""

    audit: Annotated[tuple[AuditEntry, ...], says("The changes, newest first.")]
