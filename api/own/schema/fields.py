"""What every request and response shares: strictness, descriptions, common fields."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta


class Given(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a request. A field that is not listed is refused."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an answer. Later versions may add fields."""


def says(description: str, /, **schema: Any) -> Meta:
    """Describe a field: what it means, its unit, its limits.

    `schema` holds further keywords of JSON Schema, such as `minimum`, for limits that the handler or the engine checks.
    """
    return Meta(description=description, extra_json_schema=schema or None)


Moment = Annotated[str, says("A time in UTC as RFC 3339, such as 2030-01-31T23:59:59.123Z.", format="date-time")]
MomentOrNone = Annotated[
    str | None, says("A time in UTC as RFC 3339, such as 2030-01-31T23:59:59.123Z; null if there is none.")
]
Money = Annotated[str, says("An amount as a decimal, such as 1.23, in the currency of the account.")]
MoneyOrNone = Annotated[
    str | None, says("An amount as a decimal, such as 1.23, in the currency of the account; null if there is none.")
]
