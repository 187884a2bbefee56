"""What happens to texts, each as a unit for the store's writer: the change, its event and its money in one transaction.

An answer, a receipt, the end of its time, a cancellation or a restart changes parts; what the parts are then decides
what the text is (engine.features.messaging.outcome).
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.messaging import outcome
from engine.features.messaging.carrier import Accepted, Answer, NotSent, PutOff, Receipt, Refused, Unknown
from engine.features.messaging.events import MessageEnded, MessageSent
from engine.features.messaging.model import PartState, State
from engine.features.messaging.store import messages, parts, receipts
from engine.features.messaging.store.messages import Text
from engine.features.messaging.store.parts import Claimed, PartView
from engine.ids import new_id
from engine.platform import holds, money
from engine.platform.money import Purpose
from engine.store import events

KIND = "message"
"""The kind of the holds and charges of texts."""
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
"""Seconds until a part is tried again, after each attempt that was put off."""
RECEIPT_SECONDS = 3600.0
"""How long receipts are awaited after the time in which a text may be tried."""
EARLY_SECONDS = 86_400.0
"""How long a receipt is kept that names no part."""
SOON_SECONDS = 1.0
"""Until it is looked again at a text that has expired while a part of it is being submitted."""
ACCOUNT_CLOSED = "The account was removed."
NO_RECEIPT = "No receipt came."
STOPPED = "The engine ended before the carrier's answer was stored; only a receipt can say what became of it."


class Progress(NamedTuple):
    """What is to be known in memory of a change once it is committed.

    `left_queue`: whose text is not queued any more, "": none is. `due`: when its part is to be submitted again.
    `expires`: when something is to be done for it.
    """

    left_queue: str = ""
    due: float | None = None
    expires: float | None = None


NOTHING = Progress()


def hold_of(account: str) -> Purpose:
    """Return the purpose of the one hold for all texts of an account that are not settled."""
    return Purpose(KIND, account)


def answered(conn: Connection, claimed: Claimed, answer: Answer, now: float) -> Progress:
    """Store what a carrier answered to a part."""
    text = claimed.text
    match answer:
        case PutOff(reason=reason):
            due = now + PAUSES[min(claimed.attempts, len(PAUSES) - 1)]
            return _wait_again(conn, claimed, due, claimed.attempts + 1, now, reason)
        case NotSent(reason=reason):
            return _wait_again(conn, claimed, now, claimed.attempts, now, reason)
        case Accepted(id=id):
            view = _accept(conn, claimed, id, now)
        case Refused(reason=reason):
            view = _end(conn, claimed, PartState.FAILED, now, reason)
            if view is not None and text.parts > 1:
                parts.drop_waiting(conn, text.id, PartState.FAILED, now, "")
        case Unknown(reason=reason):
            view = _end(conn, claimed, PartState.UNKNOWN, now, reason)
    if view is None:
        return NOTHING
    return _advance(conn, text, [view] if text.parts == 1 else parts.views(conn, text.id), now)


def received(conn: Connection, carrier: str, receipt: Receipt, now: float) -> Progress:
    """Store what a receipt says of its part; one that names none is kept for a while."""
    state = outcome.BY_RECEIPT.get(receipt.state)
    if state is None or not receipt.id:
        return NOTHING
    named = receipts.find(conn, carrier, receipt.id)
    if named is None:
        receipts.keep_early(conn, carrier, receipt, now)
        return NOTHING
    text, before = named.text, PartState(named.state)
    if before not in outcome.RECEIVABLE or before == state:
        return NOTHING
    why = _said(receipt)
    parts.end(conn, text.id, named.number, state, now, why)
    alone = PartView(named.number, state.value, receipt.id, why)
    return _advance(conn, text, [alone] if text.parts == 1 else parts.views(conn, text.id), now)


def expired(conn: Connection, now: float, most: int) -> list[Progress]:
    """End what has waited, or was waited for, long enough: at most so many texts."""
    return [_expire(conn, text, now) for text in messages.expired(conn, now, most)]


def cancelled(conn: Connection, text: Text, now: float, reason: str) -> Progress | None:
    """End a queued text of which no part has left; None where one has, or is about to."""
    found = parts.views(conn, text.id)
    if text.state != State.QUEUED or any(part.state != PartState.WAITING for part in found):
        return None
    parts.drop_waiting(conn, text.id, PartState.FAILED, now, reason)
    return _advance(conn, text, parts.views(conn, text.id), now)


def recovered(conn: Connection, now: float) -> None:
    """End, as unknown, every part that a controller was submitting when it died: it is not submitted again."""
    for id in parts.recover(conn, now, STOPPED):
        if text := messages.text(conn, id):
            _advance(conn, text, parts.views(conn, id), now)


def _wait_again(conn: Connection, claimed: Claimed, due: float, attempts: int, now: float, reason: str) -> Progress:
    id = claimed.text.id
    if not parts.wait(conn, id, claimed.number, due=due, attempts=attempts, at=now, reason=reason):
        return NOTHING
    if due > now or reason != claimed.text.reason:
        messages.put_off(conn, id, due, reason)
    return Progress(due=due)


def _accept(conn: Connection, claimed: Claimed, id: str, now: float) -> PartView | None:
    """Note that a part was accepted, and what its receipts said that came before this answer."""
    message, number = claimed.text.id, claimed.number
    if not parts.accept(conn, message, number, id, now):
        return None
    state, why = PartState.ACCEPTED, ""
    for receipt in receipts.take_early(conn, claimed.text.carrier, id) if id else ():
        if state in outcome.RECEIVABLE and (said := outcome.BY_RECEIPT.get(receipt.state)):
            state, why = said, _said(receipt)
            parts.end(conn, message, number, state, now, why)
    return PartView(number, state.value, id, why)


def _end(conn: Connection, claimed: Claimed, state: PartState, now: float, reason: str) -> PartView | None:
    if not parts.end_submitting(conn, claimed.text.id, claimed.number, state, now, reason):
        return None
    return PartView(claimed.number, state.value, None, reason)


def _expire(conn: Connection, text: Text, now: float) -> Progress:
    match State(text.state):
        case State.QUEUED:
            waited = f" {text.reason}" if text.reason else ""
            parts.drop_waiting(conn, text.id, PartState.EXPIRED, now, f"It was not sent in its time.{waited}")
            done = _advance(conn, text, parts.views(conn, text.id), now)
            return done if done.left_queue else Progress(expires=now + SOON_SECONDS)  # a part is being submitted
        case State.SENT:
            _store(conn, text, State.UNKNOWN, now, sent=text.sent, price=text.parts * text.per_part, why=NO_RECEIPT)
        case _:  # unknown: its money was held until now
            count = outcome.accepted(parts.views(conn, text.id))
            messages.pay(conn, text.id, _charge(conn, text, count, now))
    return NOTHING


def _advance(conn: Connection, text: Text, found: Sequence[PartView], now: float) -> Progress:
    """Store what a text is by its parts, with its events and its money."""
    before, after = State(text.state), outcome.outcome(found)
    if after == State.QUEUED:
        return NOTHING
    count, sent = outcome.accepted(found), text.sent
    price = text.per_part * count
    left_queue = text.account if before == State.QUEUED else ""
    if sent is None and count == text.parts:
        sent, before = now, State.SENT
        price = _charge(conn, text, count, now)
        events.append(conn, _sent(text, price, now))
        if after == State.SENT:
            return Progress(left_queue, expires=_await_receipts(conn, text, found, price, now))
    if outcome.may_become(before, after):
        keeps_hold = sent is None and after == State.UNKNOWN
        if sent is None and not keeps_hold:
            price = _charge(conn, text, count, now)
        why = outcome.reason(found, after)
        _store(conn, text, after, now, sent=sent, price=0 if keeps_hold else price, why=why, watched=keeps_hold)
        return Progress(left_queue, expires=text.expires if keeps_hold else None)
    return NOTHING


def _await_receipts(conn: Connection, text: Text, found: Sequence[PartView], price: int, now: float) -> float | None:
    """Store that a text is sent; returns until when its receipts are awaited, None: it has none."""
    awaited = any(part.carrier_id for part in found)
    expires = text.expires + RECEIPT_SECONDS if awaited else text.expires
    messages.set_state(
        conn,
        text.id,
        state=State.SENT.value,
        expires=expires,
        watched=awaited,
        sent=now,
        ended=None if awaited else now,
        reason="",
        price=price,
    )
    return expires if awaited else None


def _store(
    conn: Connection,
    text: Text,
    state: State,
    now: float,
    *,
    sent: float | None,
    price: int,
    why: str,
    watched: bool = False,
) -> None:
    """Store the end of a text, and append its event."""
    messages.set_state(
        conn,
        text.id,
        state=state.value,
        expires=text.expires,
        watched=watched,
        sent=sent,
        ended=now,
        reason=why,
        price=price,
    )
    ended = MessageEnded(
        id=new_id("event"),
        account=text.account,
        subject=text.id,
        root=text.id,
        at=now,
        data=text.call_data,
        sender=text.sender,
        recipient=text.recipient,
        state=state,
        reason=why,
        application=text.application,
    )
    events.append(conn, ended)


def _sent(text: Text, price: int, now: float) -> MessageSent:
    return MessageSent(
        id=new_id("event"),
        account=text.account,
        subject=text.id,
        root=text.id,
        at=now,
        data=text.call_data,
        sender=text.sender,
        recipient=text.recipient,
        carrier=text.carrier,
        parts=text.parts,
        price=price,
        currency=text.currency,
        application=text.application,
    )


def _charge(conn: Connection, text: Text, count: int, now: float) -> int:
    """Charge so many parts, once, and hold nothing for the text any more; returns what they cost."""
    price = text.per_part * count
    if text.per_part and text.watched:  # else it was settled
        purpose, note = Purpose(KIND, text.id), f"text to {text.recipient}"
        money.settle(conn, text.account, purpose, price, now, note=note, held=False)
        holds.reduce(conn, hold_of(text.account), text.per_part * text.parts)
    return price


def _said(receipt: Receipt) -> str:
    """Return what a receipt says as a reason; a delivery needs none."""
    if outcome.BY_RECEIPT.get(receipt.state) == PartState.DELIVERED:
        return ""
    return f"The carrier's receipt says {receipt.state.value}{f' ({receipt.error})' if receipt.error else ''}."
