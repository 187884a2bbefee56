"""Stops an account that sends many passcodes of which few are verified: that is how artificial traffic looks.

Who sends passcodes to numbers that pay for traffic ("SMS pumping") cannot read them, or does not care to.
"""

import msgspec
from sqlalchemy import Connection

from engine.features.passcodes import store
from engine.features.passcodes.events import PasscodeSendingStopped
from engine.features.passcodes.model import HOUR, Sending
from engine.ids import new_id
from engine.store import events

ANSWER_SECONDS = 60.0
"""The newest passcodes are not counted: people need so long to answer."""


def looked_at(conn: Connection, account: str, sending: Sending, now: float) -> Sending:
    """Return what an account has set; stopped, with the event, if too few of its passcodes were verified."""
    settings = sending.settings
    if not settings.least_verified:
        return sending
    sent, verified = store.shares(conn, account, max(sending.resumed, now - HOUR), now - ANSWER_SECONDS)
    if sent < settings.least_sent or verified * 100 >= settings.least_verified * sent:
        return sending
    why = (
        f"Sending of passcodes is stopped: of {sent} that were sent in the last hour {verified} were verified, "
        f"fewer than {settings.least_verified} percent. An owner of the account or the administrator can resume it."
    )
    stopped = msgspec.structs.replace(sending, stopped=now, why=why)
    store.set_sending(conn, account, stopped)
    event = PasscodeSendingStopped(
        id=new_id("event"),
        account=account,
        subject=account,
        root=account,
        at=now,
        sent=sent,
        verified=verified,
        why=why,
    )
    events.append(conn, event)
    return stopped
