"""What users and their credentials are: plain types."""

import msgspec

from engine.features.users.role import Role
from engine.platform.audit import Actor


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person in an account. `email` is in lower case and unique within the account; `created` in Unix seconds."""

    id: str
    account: str
    email: str
    name: str
    role: Role
    created: float
    disabled: bool = False

    @property
    def actor(self) -> Actor:
        """Who makes a change where a request shows this user's token."""
        return Actor("user", self.id, self.email)


class NewUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A user to add; without a password a random one is made.

    `invite`: whether it is invited by e-mail; None: if the installation sends mails and no password is given.
    `company` is the name in that mail; "": the account's.
    """

    email: str
    name: str = ""
    role: Role = Role.MEMBER
    password: str | None = None
    invite: bool | None = None
    company: str = ""


class UserChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes of a user; None leaves it. `new_password`: a random one is made instead of `password`."""

    email: str | None = None
    name: str | None = None
    role: Role | None = None
    disabled: bool | None = None
    password: str | None = None
    new_password: bool = False


class WithPassword(msgspec.Struct, frozen=True, kw_only=True):
    """A user, and the password that was made for it; None where none was made. It is never shown again.

    `invited`: whether the user is sent an invitation.
    """

    user: User
    password: str | None = None
    invited: bool = False


class UserDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A user whose fields were checked, before it belongs to an account: `hashed` is the hash of its password.

    `password` is the one that was made; None where none was made.
    """

    user: User
    hashed: str
    password: str | None = None


class TokenEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A token of a user as it is kept: without its secret, of which only the digest is stored.

    `id` is the part before the dot. `expires` in Unix seconds; None: it does not expire.
    """

    id: str
    name: str
    created: float
    expires: float | None = None


class NewToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token that was just made: `token` is shown once, as `Authorization: Bearer TOKEN`."""

    token: str
    entry: TokenEntry
