"""Which faxes are listed, and in which order."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, func, not_, or_

from engine.features.fax.model import State, Way
from engine.features.fax.tables import faxes

_f = faxes.c
_SCHEDULED = and_(_f.way == Way.OUT, _f.state == State.QUEUED, _f.call == "", _f.at > _f.created)
_PARTS = {
    "inbound": and_(_f.way == Way.IN, _f.hidden.is_(False)),
    "outbound": and_(_f.way == Way.OUT, not_(_SCHEDULED)),
    "scheduled": _SCHEDULED,
}
SORTED = ("created", "own", "number", "from_name", "to_name", "read", "pages", "subject", "at", "state")
"""What faxes can be sorted by."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: `part` is inbound (but for what is hidden), outbound, or scheduled.

    `since` and `until` are Unix seconds of the oldest and (excluded) the newest. `number` is the other party's
    (digits), `name` a part of its name, `subject` of the subject, `search` of any text. `read` and `known`: whether it
    was read, and whether the number is known; None: either.
    """

    part: str
    since: float | None = None
    until: float | None = None
    number: str | None = None
    name: str = ""
    subject: str = ""
    search: str = ""
    read: bool | None = None
    known: bool | None = None

    @property
    def matching(self) -> ColumnElement[bool]:
        """The condition."""
        named = _f.from_name if self.part == "inbound" else _f.to_name
        found: list[ColumnElement[bool]] = [_PARTS[self.part]]
        found += [] if self.since is None else [_f.created >= self.since]
        found += [] if self.until is None else [_f.created < self.until]
        found += [] if self.number is None else [_f.number == self.number]
        found += [_has(named, self.name)] if self.name else []
        found += [_has(_f.subject, self.subject)] if self.subject else []
        texts = (_f.subject, _f.from_name, _f.to_name, _f.number, _f.own)
        found += [or_(*(_has(column, self.search) for column in texts))] if self.search else []
        found += [] if self.read is None else [_f.read.is_(self.read)]
        found += [] if self.known is None else [_f.number != "" if self.known else _f.number == ""]
        return and_(*found)


def order_of(names: Sequence[tuple[str, bool]]) -> list[Any]:
    """Return what is sorted by, of SORTED, each with whether it is backwards; of nothing the newest first."""
    return [_f[name].desc() if backwards else _f[name].asc() for name, backwards in names] or [_f.created.desc()]


def _has(column: Any, wanted: str) -> ColumnElement[bool]:
    return func.lower(column).contains(wanted.lower(), autoescape=True)
