"""What accounts are made of, changed by, and shown as: plain types."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from engine.features.users.model import WithPassword
from engine.platform.audit import Actor
from engine.platform.holds import Hold
from engine.store.accounts import Account


class KeyScheme(Protocol):
    """What a dialect says of its keys.

    `issue` makes a key and a secret; a dialect that has it gives each application a key of its own, one that has not
    gives the account one. `asks`: its applications are asked what a call shall do. `settings` are an account's settings
    in this dialect, with the values that each may have. `number_leads_to` is the destination of a number that an
    account gets for the dialect; None: it gets none.
    """

    @property
    def name(self) -> str: ...
    @property
    def settings(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def issue(self) -> Callable[[], tuple[str, str]] | None: ...
    @property
    def asks(self) -> bool: ...
    @property
    def number_leads_to(self) -> str | None: ...


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account is made of; `country` (ISO 3166-1) says how its national numbers are read.

    `email` is the address of its first owner; None: it has no users. `texting_number`, `fax_number`: whether it buys
    one for calls and texts, and one whose calls are received as faxes.
    """

    name: str
    allow_private: bool = False
    country: str = "US"
    currency: str = "USD"
    email: str | None = None
    texting_number: bool = False
    fax_number: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What changes of an account; None leaves a switch as it is. `settings` are those of dialects, by name."""

    allow_private: bool | None = None
    disabled: bool | None = None
    settings: dict[str, str] = {}


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits to change; None leaves one as it is, `unlimited_spend` takes the daily one away.

    `max_calls` at once, `max_attempts` routes that are dialled for one call (0: as many as the settings say),
    `daily_spend` in millionths of the account's currency per day in UTC.
    """

    max_calls: int | None = None
    calls_per_second: float | None = None
    max_attempts: int | None = None
    daily_spend: int | None = None
    unlimited_spend: bool = False


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What a program of one dialect signs in with: the account's own key.

    `number` is the account's number for the dialect, in digits; None: it has none.
    """

    dialect: str
    key: str
    secret: str
    number: str | None = None


class IssuedKey(msgspec.Struct, frozen=True, kw_only=True):
    """The key of an application, and the first number that leads to it, in digits."""

    dialect: str
    application: str
    key: str
    secret: str
    number: str | None = None


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """An account's keys: its own by dialect, and that of its first application in each dialect that issues them."""

    account: Account
    own: tuple[Credential, ...]
    issued: tuple[IssuedKey, ...]


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A new account's keys, the prefixes that it may call, its numbers in digits, and its owner.

    A number is None if none was wanted or the pool had none left, the owner if no address was given.
    """

    keys: Keys
    allowed: tuple[str, ...]
    texting_number: str | None = None
    fax_number: str | None = None
    owner: WithPassword | None = None


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """An account as it is shown: with the prefixes it may call, its caller ids, and what is held of its money."""

    account: Account
    allowed: tuple[str, ...]
    callers: tuple[str, ...]
    held: int
    holds: tuple[Hold, ...] = ()


def actor_of(account: Account) -> Actor:
    """Return who makes a change where a program shows an account's key."""
    return Actor("account", account.id, account.name)
