"""Accounts in the administrator's API: requests, and what only the administrator sees."""

from typing import Annotated

import msgspec

from api.own.schema.account import AccountFields
from api.own.schema.fields import Given, Moment, MomentOrNone, Money, Shown, says
from api.own.schema.people import UserWithPassword

AMOUNT = "A decimal such as 12.50, with at most 6 decimals, in the account's currency"

PRIVATE = "Whether its callbacks, prompts and files may be at private addresses."


class NewAccount(Given, frozen=True, kw_only=True):
    """An account to make."""

    name: Annotated[str, says("Its name: 1 to 64 characters, of a-z, 0-9, . _ and -.")]
    allow_private: Annotated[bool, says(PRIVATE)] = False
    country: Annotated[str, says("How its national numbers are read, as ISO 3166-1.")] = "US"
    currency: Annotated[str, says("Its currency, as ISO 4217.")] = "USD"
    email: Annotated[str | None, says("The e-mail address of its first owner; null: it has no users.")] = None
    texting_number: Annotated[bool, says("Whether it buys a number for calls and texts, which leads to nothing.")] = (
        False
    )
    fax_number: Annotated[bool, says("Whether it buys a number whose calls are received as faxes.")] = False


class ChangedAccount(Given, frozen=True, kw_only=True):
    """What changes of an account. Null and what is left out stay."""

    allow_private: Annotated[bool | None, says(PRIVATE)] = None
    disabled: Annotated[bool | None, says("Whether it is refused.")] = None
    dialect: Annotated[dict[str, str], says('Settings of dialects, such as {"sig": "off"}.')] = msgspec.field(
        default_factory=dict
    )


class ChangedLimits(Given, frozen=True, kw_only=True):
    """Limits to change. Null and what is left out stay."""

    max_calls: Annotated[int | None, says("How many calls it may have at once.")] = None
    calls_per_second: Annotated[float | None, says("How many calls it may begin per second.")] = None
    max_attempts: Annotated[int | None, says("How many routes are dialled for one call; 0: the default.")] = None
    daily_spend: Annotated[str | None, says(f'{AMOUNT}, per day in UTC; "none": no limit.')] = None


class Prefix(Given, frozen=True, kw_only=True):
    """Numbers that may be called, or not any more."""

    prefix: Annotated[str, says("The first digits of numbers, * for every number, or sip:HOST[:PORT].")]
    allowed: Annotated[bool, says("Whether they may be called.")] = True
    high_risk: Annotated[bool, says("Must be true for a prefix within a range of high risk.")] = False


class CallerId(Given, frozen=True, kw_only=True):
    """A number that the account has verified, or not any more."""

    number: Annotated[str, says("The number.")]
    verified: Annotated[bool, says("Whether it may be shown as the caller.")] = True


class Credit(Given, frozen=True, kw_only=True):
    """Money paid in. The first payment makes the account prepaid."""

    amount: Annotated[str, says(f'{AMOUNT}; below zero: paid out; "none": the account is not prepaid any more.')]
    note: Annotated[str, says("What it is for.")] = ""


class Rotation(Given, frozen=True, kw_only=True):
    """Keys to renew."""

    dialect: Annotated[str | None, says("The dialect whose key is renewed; null: the keys of all.")] = None


class Hold(Shown, frozen=True, kw_only=True):
    """Money that is kept for something that goes on."""

    kind: Annotated[str, says("What it is kept for, such as call.")]
    id: Annotated[str, says("The id of what it is kept for.")]
    amount: Money
    purpose: Annotated[str, says("What it is, in words.")] = msgspec.field(name="for")
    since: Moment


class Account(AccountFields, frozen=True, kw_only=True):
    """An account."""

    held: Money
    closed: MomentOrNone


class Accounts(Shown, frozen=True, kw_only=True):
    """All accounts."""

    accounts: Annotated[tuple[Account, ...], says("The accounts.")]


class AccountWithHolds(Account, frozen=True, kw_only=True):
    """An account, and what is kept of its money."""

    holds: Annotated[tuple[Hold, ...], says("The parts of `held`.")]


class Credentials(Shown, frozen=True, kw_only=True):
    """An account's keys and secrets. Each dialect has a further field of its name, with its own words for them."""

    account: Annotated[str, says("The account's id.")]
    name: Annotated[str, says("Its name.")]


class OpenedAccount(Credentials, frozen=True, kw_only=True):
    """A new account's keys and secrets. Each dialect has a further field of its name."""

    allowed: Annotated[tuple[str, ...], says("The prefixes that it may call.")]
    texting_number: Annotated[str | None, says("The number that it bought for calls and texts. Null: none is free.")]
    fax_number: Annotated[str | None, says("The number that it bought for faxes. Null: none is free.")]
    owner: Annotated[UserWithPassword | None, says("Its first owner, with a password that is shown here alone.")]


class RemovedAccount(Shown, frozen=True, kw_only=True):
    """An account that was removed."""

    account: Annotated[str, says("Its id, under which its books are found.")]
    name: Annotated[str, says("The name that it had.")]
    purged: Annotated[bool, says("Whether its books were removed too.")]
