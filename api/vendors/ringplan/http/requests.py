"""What RingPlan's requests say in their queries."""

from math import ceil
from typing import NamedTuple

from aiohttp import web

from api.vendors.ringplan.errors import Invalid

MOST_PAGE = 1000
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


def _whole(request: web.Request, name: str, default: int) -> int:
    given = text(request, name)
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Invalid(f"{name} must be a whole number (got {given[:40]!r}).")
    return int(given)
