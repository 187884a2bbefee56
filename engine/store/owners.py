"""The controller that may write for an ARI application: its epoch, and its last sign of life."""

from sqlalchemy import Connection, bindparam, select, update

from engine.store.statement import Statement
from engine.store.tables import owners

_claim = Statement(
    lambda insert: (
        insert(owners)
        .values(ari_application=bindparam("ari_application"), epoch=1)
        .on_conflict_do_update(index_elements=[owners.c.ari_application], set_={"epoch": owners.c.epoch + 1})
        .returning(owners.c.epoch)
    )
)
_epoch = Statement(select(owners.c.epoch).where(owners.c.ari_application == bindparam("ari_application")))

_note = Statement(
    update(owners).where(owners.c.ari_application == bindparam("application")).values(seen=bindparam("seen"))
)
_seen = Statement(select(owners.c.seen).where(owners.c.ari_application == bindparam("ari_application")))


def claim(conn: Connection, ari_application: str) -> int:
    """Raise the epoch and return it: from then on every earlier controller of this ARI application is fenced."""
    return int(_claim.value(conn, ari_application=ari_application))


def epoch(conn: Connection, ari_application: str) -> int:
    """Return the epoch of the controller that claimed last; 0 if none ever did."""
    return int(_epoch.value(conn, ari_application=ari_application) or 0)


def note(conn: Connection, ari_application: str, at: float) -> None:
    """Store a sign of life: the controller follows the calls at this moment (Unix seconds)."""
    _note.run(conn, application=ari_application, seen=at)


def seen(conn: Connection, ari_application: str) -> float | None:
    """Return the last sign of life (Unix seconds); None if there was none."""
    at: float | None = _seen.value(conn, ari_application=ari_application)
    return at
