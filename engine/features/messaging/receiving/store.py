"""What receiving keeps: parts of longer texts, texts that came in, and those that reached no number of ours."""

import builtins
import json
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select, update

from engine.features.messaging.carrier import Incoming
from engine.features.messaging.model import Message
from engine.features.messaging.store import messages as stored
from engine.features.messaging.tables import incoming_parts, messages, unmatched_messages
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into

KEPT = 1000
"""How many texts that reached no number are kept."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What the parts of one text share; sender and recipient are as the carrier wrote them."""

    carrier: str
    sender: str
    recipient: str
    reference: int
    total: int


class StoredPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part that came. `complete`: all the others came too, and the text was taken."""

    number: int
    text: str
    at: float
    key: str
    complete: bool


class UnmatchedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A text that reached no number of ours. `reason` is engine.calls.directory.UnmatchedReason."""

    id: str
    at: float
    carrier: str
    sender: str
    recipient: str
    text: str
    reason: str


_p, _m, _u = incoming_parts.c, messages.c, unmatched_messages.c
_OF_GROUP = tuple(_p[name] == bindparam(f"the_{name}") for name in Group.__struct_fields__)
_stored = Mapped(StoredPart, incoming_parts)
_parts = Statement(_stored.select.where(*_OF_GROUP).order_by(_p.number))
_insert_part = insert_into(incoming_parts)
_completed = Statement(update(incoming_parts).where(*_OF_GROUP).values(complete=True))
_drop = Statement(delete(incoming_parts).where(*_OF_GROUP))
_group = Mapped(Group, incoming_parts)
_overdue = Statement(
    _group.select.where(_p.complete.is_(False))
    .group_by(*(_p[name] for name in _group.names))
    .having(func.min(_p.at) <= bindparam("before"))
    .order_by(func.min(_p.at))
    .limit(bindparam("most"))
)
_forget = Statement(delete(incoming_parts).where(_p.complete.is_(True), _p.at <= bindparam("before")))
_oldest = Statement(select(func.min(_p.at)))
_count_parts = Statement(select(func.count()).select_from(incoming_parts))
_OF_SENDER = (_p.carrier == bindparam("carrier"), _p.sender == bindparam("sender"), _p.complete.is_(False))
_count_of_sender = Statement(select(func.count()).select_from(incoming_parts).where(*_OF_SENDER))
_first_of_sender = Statement(_group.select.where(*_OF_SENDER).order_by(_p.at).limit(bindparam("most")))
_first = Statement(_group.select.where(_p.complete.is_(False)).order_by(_p.at).limit(bindparam("most")))
_nth_complete = Statement(
    select(_p.at).where(_p.complete.is_(True)).order_by(_p.at).limit(1).offset(bindparam("others"))
)
_last_complete = Statement(select(func.max(_p.at)).where(_p.complete.is_(True)))
_message = stored.ROWS
_known = Statement(select(_m.id).where(_m.carrier_key == bindparam("key")))
_PAIR = (_m.account == bindparam("account"), _m.sender == bindparam("sender"), _m.recipient == bindparam("recipient"))
_NOT_OURS = [_m.origin != origin for origin in ("relay", "confirmation", "notice")]
_last_sent = Statement(
    _message.select.where(*_PAIR, _m.direction == "out", _m.created >= bindparam("since"), *_NOT_OURS)
    .order_by(_m.created.desc(), _m.id.desc())
    .limit(1)
)
_confirmed = Statement(
    select(_m.id).where(*_PAIR, _m.direction == "out", _m.origin == "confirmation", _m.created >= bindparam("since"))
)
_unmatched = Mapped(UnmatchedMessage, unmatched_messages)
_insert_unmatched = insert_into(unmatched_messages)
_newest = select(_u.id).order_by(_u.at.desc(), _u.id.desc()).limit(KEPT)
_prune = Statement(delete(unmatched_messages).where(_u.id.not_in(_newest)))
_get_unmatched = Statement(_unmatched.select.where(_u.id == bindparam("id")))


def parts(conn: Connection, group: Group) -> list[StoredPart]:
    """Return the parts of a group that came, by number."""
    found = _stored.all(conn, _parts, **_of(group))
    return [msgspec.structs.replace(part, text=json.loads(part.text)) for part in found]


def add_part(conn: Connection, group: Group, part: StoredPart) -> None:
    """Store a part."""
    _insert_part.run(conn, **plain(group) | plain(part) | {"text": json.dumps(part.text)})


def complete(conn: Connection, group: Group) -> None:
    """Note that a group's text was taken."""
    _completed.run(conn, **_of(group))


def drop(conn: Connection, group: Group) -> None:
    """Delete a group's parts."""
    _drop.run(conn, **_of(group))


def overdue(conn: Connection, before: float, most: int) -> list[Group]:
    """Return groups that miss parts and whose first part came before a time, the oldest first."""
    return _group.all(conn, _overdue, before=before, most=most)


def forget_complete(conn: Connection, before: float) -> None:
    """Delete the parts of complete texts that came before a time."""
    _forget.run(conn, before=before)


def oldest_part(conn: Connection) -> float | None:
    """Return when the oldest part came; None if there is none."""
    found = _oldest.value(conn)
    return None if found is None else float(found)


def count_parts(conn: Connection) -> int:
    """Return how many parts are kept, also of complete texts."""
    return int(_count_parts.value(conn))


def count_of_sender(conn: Connection, carrier: str, sender: str) -> int:
    """Return how many parts of incomplete texts of a sender are kept."""
    return int(_count_of_sender.value(conn, carrier=carrier, sender=sender))


def oldest_of_sender(conn: Connection, carrier: str, sender: str, parts: int) -> Iterable[Group]:
    """Return the groups of a sender's oldest so many parts of incomplete texts."""
    return dict.fromkeys(_group.all(conn, _first_of_sender, carrier=carrier, sender=sender, most=parts))


def oldest_groups(conn: Connection, parts: int) -> Iterable[Group]:
    """Return the groups of the oldest so many parts of incomplete texts."""
    return dict.fromkeys(_group.all(conn, _first, most=parts))


def forget_oldest(conn: Connection, parts: int) -> int:
    """Delete the oldest parts of complete texts, at least so many if there are; returns how many."""
    before = _nth_complete.value(conn, others=parts - 1) or _last_complete.value(conn)
    return 0 if before is None else _forget.run(conn, before=before)


def group_of(carrier: str, incoming: Incoming) -> Group:
    """Return the group of a part."""
    return Group(
        carrier=carrier,
        sender=incoming.sender,
        recipient=incoming.recipient,
        reference=incoming.reference,
        total=incoming.total,
    )


def is_known(conn: Connection, carrier_key: str) -> bool:
    """Return whether a text of this key came in already."""
    return _known.value(conn, key=carrier_key) is not None


def add_message(conn: Connection, message: Message, carrier_key: str | None) -> None:
    """Store a text that came in."""
    stored.insert(conn, message, key=carrier_key)


def last_sent(conn: Connection, account: str, sender: str, recipient: str, since: float) -> Message | None:
    """Return the last text that an account's program or phone sent between two numbers; None if there is none."""
    return _message.one(conn, _last_sent, account=account, sender=sender, recipient=recipient, since=since)


def was_confirmed(conn: Connection, account: str, sender: str, recipient: str, since: float) -> bool:
    """Return whether a STOP or START of `recipient` was confirmed since a time."""
    return _confirmed.value(conn, account=account, sender=sender, recipient=recipient, since=since) is not None


def add_unmatched(conn: Connection, row: UnmatchedMessage) -> None:
    """Keep a text that reached no number, and delete all but the newest."""
    _insert_unmatched.run(conn, **plain(row))
    _prune.run(conn)


def unmatched(
    conn: Connection, *, since: float | None = None, before: str | None = None, limit: int = 100
) -> Sequence[UnmatchedMessage]:
    """Return texts that reached no number, newest first; `before`: the id of the last one of the page before."""
    last = _unmatched.one(conn, _get_unmatched, id=before) if before else None
    if before and last is None:
        return []
    query = _unmatched.select.order_by(_u.at.desc(), _u.id.desc()).limit(limit)
    if since is not None:
        query = query.where(_u.at >= since)
    if last is not None:
        query = query.where(or_(_u.at < last.at, and_(_u.at == last.at, _u.id < last.id)))
    return _unmatched.each(conn.execute(query))


def _of(group: Group) -> dict[str, builtins.object]:
    return {f"the_{name}": value for name, value in plain(group).items()}
