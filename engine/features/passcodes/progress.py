"""What happens to passcodes, each as a unit for the store's writer: the change and its event in one transaction."""

from typing import Any

from sqlalchemy import Connection

from engine.features.passcodes import store
from engine.features.passcodes.events import PasscodeDelivered, PasscodeFailed, PasscodeSent, PasscodeVerified
from engine.features.passcodes.model import PREFIX, Passcode, Reason, State, Way
from engine.features.passcodes.store import Attempt
from engine.ids import new_id
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.store import events

CALL, EXPIRY = "passcode_call", "passcode_expiry"
"""Kinds of due work: a call to place, whose id is the work's; and the end of a passcode's time."""


def fallback_call(passcode: str) -> str:
    """Return the id of the one call that follows a text which was not delivered."""
    return "call" + passcode.removeprefix(PREFIX)


def put_call(conn: Connection, passcode: Passcode, call: str, at: float) -> None:
    """Have a call placed at a time, unless it is there then."""
    due_work.put(conn, DueWork(id=call, kind=CALL, at=at, account=passcode.account, payload=passcode.id))


def put_expiry(conn: Connection, passcode: Passcode, at: float) -> None:
    """Have a passcode end at a time."""
    due_work.put(conn, DueWork(id=passcode.id, kind=EXPIRY, at=at, account=passcode.account))


def sent(conn: Connection, passcode: Passcode, way: Way, carrier: str, now: float) -> Passcode:
    """Note that a text or a call, of the id `carrier`, brings it; returns it. A second time nothing is done."""
    if carrier in (passcode.text, passcode.call):
        return passcode
    state = State.SENT if passcode.state is State.SENDING else passcode.state
    store.change(conn, passcode.id, **{"state": state, "way": way, "text" if way == "text" else "call": carrier})
    event = PasscodeSent(**_about(passcode, now), number=passcode.number, way=way, carrier=carrier)
    events.append(conn, event)
    return _found(conn, passcode.id)


def delivered(conn: Connection, id: str, way: Way, now: float) -> None:
    """Note that a code arrived; no call follows then."""
    passcode = store.get(conn, id)
    if passcode is None or passcode.state.final or passcode.state is State.DELIVERED:
        return
    store.change(conn, id, state=State.DELIVERED)
    due_work.remove(conn, fallback_call(id))
    events.append(conn, PasscodeDelivered(**_about(passcode, now), number=passcode.number, way=way))


def undelivered(conn: Connection, attempt: Attempt, now: float) -> float | None:
    """Note that a text or call did not bring its code: a call follows a text, if that is wanted.

    Returns when that call is due; None: none is. If nothing else may bring the code, the passcode has failed.
    """
    store.end_attempt(conn, attempt.id, now)
    passcode = store.get(conn, attempt.passcode)
    if passcode is None or passcode.state.final or passcode.state is State.DELIVERED:
        return None
    call = fallback_call(passcode.id)
    if attempt.way == "text" and passcode.fallback_seconds is not None and store.attempt(conn, call) is None:
        put_call(conn, passcode, call, now)
        return now
    if not store.open_attempts(conn, passcode.id) and due_work.get(conn, call) is None:
        fail(conn, passcode, Reason.UNDELIVERED, now)
    return None


def verified(conn: Connection, passcode: Passcode, now: float) -> None:
    """Note that the code was answered rightly."""
    _end(conn, passcode, State.VERIFIED, "", now)
    events.append(conn, PasscodeVerified(**_about(passcode, now), number=passcode.number))


def fail(conn: Connection, passcode: Passcode, reason: Reason, now: float) -> None:
    """Note that it cannot be answered any more."""
    _end(conn, passcode, State.FAILED, reason.value, now)
    events.append(conn, PasscodeFailed(**_about(passcode, now), number=passcode.number, reason=reason.value))


def _end(conn: Connection, passcode: Passcode, state: State, reason: str, now: float) -> None:
    """Store an end; the code is not kept behind it."""
    store.change(conn, passcode.id, state=state, reason=reason, ended=now, content="")
    store.end_attempts(conn, passcode.id, now)
    for work in (passcode.id, fallback_call(passcode.id)):
        due_work.remove(conn, work)


def _about(passcode: Passcode, now: float) -> dict[str, Any]:
    return {
        "id": new_id("event"),
        "account": passcode.account,
        "subject": passcode.id,
        "root": passcode.id,
        "at": now,
    }


def _found(conn: Connection, id: str) -> Passcode:
    passcode = store.get(conn, id)
    assert passcode is not None
    return passcode
