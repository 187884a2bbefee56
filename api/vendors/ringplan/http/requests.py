"""What RingPlan's requests say in their queries."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import NamedTuple

from aiohttp import web

from api.vendors.ringplan.errors import Invalid

MOST_PAGE = 1000
_LONGEST = 40
PAGE = 100
"""How many things a page has where nothing is said."""


class Page(NamedTuple):
    """A page of a list, counted from 1."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many things are before it."""
        return (self.number - 1) * self.size

    def headers(self, total: int) -> dict[str, str]:
        """Return the document's headers of a page of so many things."""
        return {
            "X-Pagination-Total-Count": str(total),
            "X-Pagination-Page-Count": str(ceil(total / self.size)),
            "X-Pagination-Current-Page": str(self.number),
            "X-Pagination-Per-Page": str(self.size),
        }


def page(request: web.Request, size_name: str, size: int = PAGE) -> Page:
    """Return the page that is asked for by `page` and a parameter for its size; raises Invalid."""
    number, wanted = _whole(request, "page", 1), _whole(request, size_name, size)
    if not 1 <= number <= 1_000_000:
        raise Invalid(f"page must be 1 or more (got {number}).")
    if not 1 <= wanted <= MOST_PAGE:
        raise Invalid(f"{size_name} must be 1 to {MOST_PAGE} (got {wanted}).")
    return Page(number, wanted)


def text(request: web.Request, name: str) -> str:
    """Return a parameter of the query without blanks around it; "" for none."""
    return request.query.get(name, "").strip()


def sorting(request: web.Request, allowed: Collection[str]) -> list[tuple[str, bool]]:
    """Return the fields to sort by, each with whether it is backwards: `-name`, or `name desc`. Raises Invalid."""
    found: list[tuple[str, bool]] = []
    for each in (part.strip() for given in request.query.getall("sort", []) for part in given.split(",")):
        name, _, way = each.lstrip("-+").partition(" ")
        if name and name not in allowed:
            raise Invalid(f"sort must be of the fields {', '.join(allowed)} (got {name[:_LONGEST]!r}).")
        if name:
            found.append((name, each.startswith("-") or way.strip().lower() == "desc"))
    return found


def moment(request: web.Request, name: str, *, end: bool = False) -> float | None:
    """Return a date or a time of the query as Unix seconds, in UTC if it has no offset; `end`: of a date, its end."""
    given = text(request, name)
    return moment_of(given, name, end=end) if given else None


def moment_of(given: str, name: str, *, end: bool = False) -> float:
    """Return a date or a time as Unix seconds, in UTC without an offset; `end`: of a date, its end. Raises Invalid."""
    try:
        at = datetime.fromisoformat(given.replace(" ", "+") if "T" in given else given)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return (at + timedelta(days=1) if end and len(given) == len("2030-01-31") else at).timestamp()
    except (ValueError, OverflowError):
        raise Invalid(f"{name} must be a date such as 2030-01-31, or a time (got {given[:_LONGEST]!r}).") from None


def switch(request: web.Request, name: str) -> bool | None:
    """Return whether a parameter of the query is true; None: it is not given. Raises Invalid."""
    given = text(request, name).lower()
    if not given:
        return None
    if given not in ("true", "false", "1", "0"):
        raise Invalid(f"{name} must be true or false (got {given[:_LONGEST]!r}).")
    return given in ("true", "1")


def _whole(request: web.Request, name: str, default: int) -> int:
    given = text(request, name)
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Invalid(f"{name} must be a whole number (got {given[:40]!r}).")
    return int(given)
