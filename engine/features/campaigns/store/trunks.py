"""What campaigns may take of trunks, in the database: of all accounts together."""

from sqlalchemy import Connection, bindparam, delete, func, select, update

from engine.features.campaigns.model import Status, TrunkLimit
from engine.features.campaigns.tables import campaign_contacts, campaign_trunks
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement

AGAIN_SECONDS = 1.0
"""Until another look if a trunk has as many calls as it may have."""
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


def take(conn: Connection, limit: Limit, now: float) -> float:
    """Take a trunk's turn; returns `now`, or when it is to be tried again."""
    if limit.at_once is not None and _active(conn, limit.trunk) >= limit.at_once:
        return now + AGAIN_SECONDS
    if limit.per_second is None:
        return now
    each = 1 / limit.per_second
    due = max(limit.next_call, now - each)
    if due > now:
        return due
    conn.execute(update(campaign_trunks).where(_c.trunk == limit.trunk).values(next_call=due + each))
    return now


def _active(conn: Connection, trunk: str) -> int:
    c = campaign_contacts.c
    query = select(func.count()).select_from(campaign_contacts)
    return int(conn.execute(query.where(c.trunk == trunk, c.status == Status.ACTIVE.value)).scalar_one())
