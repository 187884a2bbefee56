"""What campaigns may take of trunks, in the database: of all accounts together."""

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select, update

from engine.features.campaigns.contact import Status
from engine.features.campaigns.model import TrunkLimit
from engine.features.campaigns.tables import campaign_contacts, campaign_trunks
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement

_c = campaign_trunks.c


class Limit(TrunkLimit, frozen=True, kw_only=True):
    """A limit, and when its pace allows the next call."""

    next_call: float = 0.0


_rows = Mapped(Limit, campaign_trunks)
_put = Statement(
    lambda insert: (
        insert(campaign_trunks)
        .values({column.name: bindparam(column.name) for column in _c})
        .on_conflict_do_update(
            index_elements=["trunk"], set_={name: bindparam(name) for name in ("per_second", "at_once")}
        )
    )
)


def put(conn: Connection, limit: TrunkLimit) -> None:
    """Set a trunk's limit."""
    _put.run(conn, **plain(limit) | {"next_call": 0.0})


def remove(conn: Connection, trunk: str) -> bool:
    """Take a trunk's limit away; False: it had none."""
    return conn.execute(delete(campaign_trunks).where(_c.trunk == trunk)).rowcount > 0


def all(conn: Connection) -> dict[str, Limit]:
    """Return the limits by trunk."""
    return {limit.trunk: limit for limit in _rows.each(conn.execute(_rows.select.order_by(_c.trunk)))}


def due(limit: Limit, now: float) -> float:
    """Return from when a trunk's pace allows a call; what was missed is made up by one call at most."""
    if limit.per_second is None:
        return now
    return max(limit.next_call, now - 1 / limit.per_second)


def take(conn: Connection, limit: Limit, now: float) -> Limit:
    """Take a trunk's turn, which has come; returns the limit as it is then."""
    if limit.per_second is None:
        return limit
    next_call = due(limit, now) + 1 / limit.per_second
    conn.execute(update(campaign_trunks).where(_c.trunk == limit.trunk).values(next_call=next_call))
    return msgspec.structs.replace(limit, next_call=next_call)


def active(conn: Connection, trunk: str) -> int:
    """Return how many calls of campaigns a trunk carries."""
    c = campaign_contacts.c
    query = select(func.count()).select_from(campaign_contacts)
    return int(conn.execute(query.where(c.trunk == trunk, c.status == Status.ACTIVE.value)).scalar_one())
