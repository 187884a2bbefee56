"""Texts, sent and received."""

import builtins
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, bindparam, false, func, literal_column, select, update

from engine.features.messaging.model import Direction, Message, State
from engine.features.messaging.tables import messages
from engine.model.call_data import CallData
from engine.store.rows import Mapped, plain, seal_of, to_json
from engine.store.statement import Statement, insert_into
from engine.tasks.secret import MASK


class Text(NamedTuple):
    """What must be known of a text that is sent to say what became of it. `data` is JSON, None: none.

    `watched`: when it expires something is to be done; its money is held for as long as it is queued, or unknown and
    watched.
    """

    id: str
    account: str
    sender: str
    recipient: str
    state: str
    carrier: str
    parts: int
    per_part: int
    currency: str
    data: str | None
    application: str | None
    expires: float
    sent: float | None
    reason: str
    watched: bool
    origin: str

    @property
    def call_data(self) -> CallData | None:
        """What was stored with it."""
        return None if self.data is None else _data.decode(self.data)


TEXT_COLUMNS = tuple(messages.c[name] for name in Text._fields)
_data = msgspec.json.Decoder(CallData)
ROWS = Mapped(
    Message,
    messages,
    converters={
        "data": lambda text: None if text is None else msgspec.json.decode(text),
        "files": lambda text: () if text is None else msgspec.json.decode(text),
    },
)
"""Reads texts of whatever direction."""
_insert = insert_into(messages)
_ONE = messages.c.id == bindparam("the_id")
_get = Statement(ROWS.select.where(_ONE))
_text = Statement(select(*TEXT_COLUMNS).where(_ONE))
_CHANGED = ("state", "expires", "watched", "sent", "ended", "reason", "price")
_set_state = Statement(update(messages).where(_ONE).values({name: bindparam(name) for name in _CHANGED}))
_put_off = Statement(update(messages).where(_ONE).values(due=bindparam("the_due"), reason=bindparam("the_reason")))
_pay = Statement(update(messages).where(_ONE).values(price=bindparam("the_price"), watched=false()))
_move = Statement(update(messages).where(_ONE).values(carrier=bindparam("the_carrier"), reason=bindparam("the_reason")))
_WATCHED: ColumnElement[bool] = literal_column("messages.watched")  # as the index has it
_expired = Statement(
    select(*TEXT_COLUMNS)
    .where(_WATCHED, messages.c.expires <= bindparam("now"))
    .order_by(messages.c.expires)
    .limit(bindparam("most"))
)
_next_expiry = Statement(select(func.min(messages.c.expires)).where(_WATCHED, messages.c.expires > bindparam("after")))


def insert(
    conn: Connection, message: Message, *, per_part: int = 0, watched: bool = False, key: str | None = None
) -> None:
    """Store a new text. `watched`: something is to be done when it expires. `key`: its name at its carrier.

    A text that is shown to nobody is sealed; `engine.features.messaging.store.parts.claim` opens it.
    """
    values = plain(message)
    if message.masked and (seal := seal_of(conn)):
        values["text"] = seal.close(message.text)
    values["data"] = None if message.data is None else to_json(message.data)
    values["files"] = to_json(message.files) if message.files else None
    _insert.run(conn, **values, per_part=per_part, watched=watched, carrier_key=key)


def get(conn: Connection, id: str) -> Message | None:
    """Return a text, of whatever account; one that is shown to nobody is masked."""
    found = ROWS.one(conn, _get, the_id=id)
    return None if found is None else _shown(found)


def read_rows(conn: Connection, ids: Sequence[str]) -> builtins.list[Message]:
    """Return texts by their ids, in any order; those that are shown to nobody are masked."""
    found: builtins.list[Message] = []
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        found += ROWS.each(conn.execute(ROWS.select.where(messages.c.id.in_(some))))
    return [_shown(message) for message in found]


_AT_ONCE = 500  # values of one statement: databases have a limit


def text(conn: Connection, id: str) -> Text | None:
    """Return what must be known of a text to say what became of it."""
    row = _text.first(conn, the_id=id)
    return None if row is None else Text(*row)


def page(
    conn: Connection,
    account: str | None,
    *,
    limit: int,
    before: tuple[float, str] | None = None,
    direction: Direction | None = None,
    states: tuple[State, ...] = (),
    number: str | None = None,
    since: float | None = None,
    user: str | None = None,
) -> builtins.list[Message]:
    """Return texts, the newest first: those older than `before` (when one was made, and its id).

    `number` is the sender or the recipient; `since` is the time of the oldest; `user` (its id): those in its inbox.
    """
    query = ROWS.select if account is None else ROWS.select.where(messages.c.account == account)
    if before is not None:
        made, id = before
        older = (messages.c.created == made) & (messages.c.id < id)
        query = query.where(messages.c.created <= made, (messages.c.created < made) | older)
    if since is not None:
        query = query.where(messages.c.created >= since)
    if user is not None:
        query = query.where(messages.c.user == user)
    if direction is not None:
        query = query.where(messages.c.direction == direction.value)
    if states:
        query = query.where(messages.c.state.in_([state.value for state in states]))
    if number is not None:
        query = query.where((messages.c.sender == number) | (messages.c.recipient == number))
    return [_shown(each) for each in ROWS.each(conn.execute(_newest_first(query).limit(limit)))]


def counts(conn: Connection, account: str | None, since: float) -> dict[State, int]:
    """Return how many texts an account (None: all) has in each state, of those made since a time."""
    query = select(messages.c.state, func.count()).where(messages.c.created >= since).group_by(messages.c.state)
    query = query if account is None else query.where(messages.c.account == account)
    return {State(state): int(count) for state, count in conn.execute(query)}


def set_state(conn: Connection, id: str, **values: Any) -> None:
    """Store what became of a text: state, expires, watched, sent, ended, reason and price."""
    _set_state.run(conn, the_id=id, **values)


def put_off(conn: Connection, id: str, due: float, reason: str) -> None:
    """Note when a text is tried next, and why it waits."""
    _put_off.run(conn, the_id=id, the_due=due, the_reason=reason)


def move(conn: Connection, id: str, carrier: str) -> None:
    """Note by which carrier a text goes now."""
    _move.run(conn, the_id=id, the_carrier=carrier, the_reason="")


def pay(conn: Connection, id: str, price: int) -> None:
    """Note what was charged for a text of which nothing more is to come."""
    _pay.run(conn, the_id=id, the_price=price)


def expired(conn: Connection, now: float, most: int) -> builtins.list[Text]:
    """Return watched texts that have expired."""
    return [Text(*row) for row in _expired.all(conn, now=now, most=most)]


def next_expiry(conn: Connection, after: float) -> float | None:
    """Return when the next watched text expires; None: there is none."""
    found: float | None = _next_expiry.value(conn, after=after)
    return found


def _shown(message: Message) -> Message:
    return msgspec.structs.replace(message, text=MASK) if message.masked else message


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(messages.c.created.desc(), messages.c.id.desc())
