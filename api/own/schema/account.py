"""Accounts in answers, and errors."""

from typing import Annotated, Any

from api.own.schema.fields import Moment, MoneyOrNone, Shown, says
from api.own.schema.people import User


class Problem(Shown, frozen=True, kw_only=True):
    """An error."""

    error: Annotated[str, says("A sentence for people. It may change.")]
    code: Annotated[str, says("A word for programs, listed in docs/api.md. It does not change.")]


class Health(Shown, frozen=True, kw_only=True):
    """Whether new calls can be taken."""

    healthy: Annotated[bool, says("Whether all of the others are true.")]
    asterisk: Annotated[bool, says("Whether Asterisk's events arrive.")]
    database: Annotated[bool, says("Whether the database answers and can be written.")]
    redis: Annotated[bool, says("Whether Redis answers.")]


class AccountFields(Shown, frozen=True, kw_only=True):
    """An account."""

    account: Annotated[str, says("The account's id.")]
    name: Annotated[str, says("Its name.")]
    created: Moment
    disabled: Annotated[bool, says("Whether it is refused.")]
    allow_private: Annotated[bool, says("Whether its callbacks, prompts and files may be at private addresses.")]
    country: Annotated[str, says("How its national numbers are read, as ISO 3166-1.")]
    currency: Annotated[str, says("Its currency, as ISO 4217.")]
    balance: MoneyOrNone
    daily_spend: MoneyOrNone
    max_calls: Annotated[int, says("How many calls it may have at once.")]
    calls_per_second: Annotated[float, says("How many calls it may begin per second.")]
    max_attempts: Annotated[int | None, says("How many routes are dialled for one call; null: the default.")]
    settings: Annotated[dict[str, Any], says("The settings of dialects, by dialect.")]
    allowed: Annotated[tuple[str, ...], says("The prefixes that it may call, and hosts as sip:HOST.")]
    callers: Annotated[tuple[str, ...], says("The numbers that it has verified.")]


class OwnAccount(AccountFields, frozen=True, kw_only=True):
    """The account that asks."""

    user: Annotated[User | None, says("The user whose token was sent; null if the account's key was.")]
