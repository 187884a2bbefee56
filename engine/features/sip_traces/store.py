"""The rows of SIP traces: some messages of one Call-ID each, compressed."""

import zlib
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select

from engine.features.sip_traces.model import Dialog, SipMessage
from engine.features.sip_traces.tables import sip_traces
from engine.store.statement import insert_into
from engine.store.tables import calls

_c = sip_traces.c
_insert = insert_into(sip_traces, without=("position",))
_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(list[SipMessage])
_FAST = 1
"""The level of zlib: a leg's messages become a third to a quarter, in 60 µs."""


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """A row. `messages` is what `packed` returns."""

    call: str
    sip_call_id: str
    at: float
    size: int
    left_out: int
    gap: bool
    messages: bytes


def packed(messages: Sequence[SipMessage]) -> bytes:
    """Return messages as they are stored."""
    return zlib.compress(_encoder.encode(messages), _FAST)


def add(conn: Connection, chunks: Iterable[Chunk]) -> None:
    """Store messages."""
    _insert.many(conn, [msgspec.structs.asdict(chunk) for chunk in chunks])


def of_calls(conn: Connection, ids: Sequence[str]) -> list[Dialog]:
    """Return what is kept of legs, a Call-ID each, in the order in which they began."""
    return _dialogs(conn, _c.call.in_(ids))


def of_sip_call_id(conn: Connection, sip_call_id: str) -> list[Dialog]:
    """Return what is kept of a Call-ID."""
    return _dialogs(conn, _c.sip_call_id == sip_call_id)


def expire(conn: Connection, before: float, most: int) -> int:
    """Delete at most so many rows that are older than a moment, the oldest; returns how many."""
    old = select(_c.position).where(_c.at < before).order_by(_c.at).limit(most)
    return conn.execute(delete(sip_traces).where(_c.position.in_(old))).rowcount


def total(conn: Connection) -> int:
    """Return how many bytes are stored."""
    return int(conn.execute(select(func.coalesce(func.sum(_c.size), 0))).scalar_one())


def shrink(conn: Connection, excess: int, most: int) -> int:
    """Delete the oldest rows until so many bytes are gone, at most so many rows; returns the bytes that are gone."""
    gone, positions = 0, []
    for position, size in conn.execute(select(_c.position, _c.size).order_by(_c.at).limit(most)):
        if gone >= excess:
            break
        gone += size
        positions.append(position)
    if positions:
        conn.execute(delete(sip_traces).where(_c.position.in_(positions)))
    return gone


def remove_of_account(conn: Connection, account: str) -> None:
    """Delete what is kept of an account's calls."""
    owned = select(calls.c.id).where(calls.c.account == bindparam("account"))
    conn.execute(delete(sip_traces).where(_c.call.in_(owned)), {"account": account})


def _dialogs(conn: Connection, where: object) -> list[Dialog]:
    found: dict[tuple[str, str], Dialog] = {}
    columns = (_c.call, _c.sip_call_id, _c.left_out, _c.gap, _c.messages)
    rows = conn.execute(select(*columns).where(where).order_by(_c.position))  # type: ignore[arg-type]
    for call, sip_call_id, left_out, gap, content in rows:
        before = found.get((call, sip_call_id)) or Dialog(call=call, sip_call_id=sip_call_id, messages=())
        found[call, sip_call_id] = msgspec.structs.replace(
            before,
            messages=(*before.messages, *_decoder.decode(zlib.decompress(content))),
            left_out=before.left_out + left_out,
            gaps=(*before.gaps, len(before.messages)) if gap else before.gaps,
        )
    return list(found.values())
