"""Following a channel: Asterisk's events become what happened to a call, until the channel is no more."""

from datetime import datetime

import structlog

from engine.ari import generated as ari
from engine.ari.bus import Nudged, Resumed, Subscription
from engine.ari.errors import AriError
from engine.calls.credit import limit_of
from engine.calls.ending import Ending
from engine.calls.pressed_twice import PressedTwice
from engine.calls.session import Session
from engine.model.call import Party
from engine.model.cause import HangupCause, cause_of

log = structlog.get_logger(__name__)
FOLLOWED = (
    ari.StasisStart,
    ari.ChannelStateChange,
    ari.ChannelDtmfReceived,
    ari.ChannelHangupRequest,
    ari.ChannelTransfer,
    ari.ChannelDestroyed,
    Resumed,
    Nudged,
)
GIVE_UP_SECONDS = 5.0  # after a hang-up request, without ChannelDestroyed


async def follow(session: Session, events: Subscription) -> Ending:
    """Follow a call's channel to its end. StasisEnd is not the end: the call may visit the dialplan.

    Once it is being hung up (Nudged, ChannelHangupRequest) its end must come within a time, or it is asked for again: a
    request that was answered is not always carried out.
    """
    soft: bool | None = None
    pressed_twice = PressedTwice()
    while True:
        hanging_up = session.hanging_up
        try:
            event = await events.next(GIVE_UP_SECONDS if hanging_up else session.seconds_left())
        except TimeoutError:
            if not hanging_up:
                if not session.seconds_left():  # else what is held was grown meanwhile
                    await session.hang_up(limit_of(session.call, session.cover))
            elif (gone := await _catch_up(session, session.services.watch.lost_since)) is not None:
                return gone
            continue
        match event:
            case ari.ChannelStateChange() | ari.StasisStart():
                note_state(session, event.channel)
            case ari.ChannelDtmfReceived():
                if not pressed_twice(event):
                    session.press(event.digit)
            case ari.ChannelTransfer():
                session.services.on_refer(session.call.id, event)
            case ari.ChannelHangupRequest():
                soft = bool(event.soft) if soft is None else soft
                session.note_hanging_up()
            case ari.ChannelDestroyed():
                session.note_sip_call_id(event.channel.protocol_id)
                return end_of(session, event, soft=bool(soft))
            case Resumed():
                if (gone := await _catch_up(session, session.services.watch.until)) is not None:
                    return gone


def note_state(session: Session, channel: ari.Channel) -> None:
    """Take over what Asterisk says of the channel."""
    session.note_sip_call_id(channel.protocol_id)
    if channel.state == "Up":
        session.note_answered()
    elif channel.state == "Ringing":
        session.note_ringing()


async def _catch_up(session: Session, known_up: float | None = None) -> Ending | None:
    """When events were missed: what is gone has ended, and a hang-up without effect is asked again."""
    try:
        channel = await session.channel.get()
        if channel is None:
            return await lost(session, known_up)
    except AriError as error:  # the connection will be lost again, and then be back again
        log.warning("A call could not be looked up.", call=session.call.id, error=str(error))
        return None
    note_state(session, channel)
    if session.ours:
        log.warning("A call that was hung up is still there; it is hung up again.", call=session.call.id)
        await session.hang_up()
    return None


async def lost(session: Session, known_up: float | None) -> Ending:
    """How a call ended that is no longer there: with its Asterisk, or while nobody was connected to it.

    `known_up` is the last moment at which it was known to be up (Unix seconds); None: it was until now.
    """
    if session.ours:
        return session.note_unseen_end(known_up)
    cause = HangupCause.CONTROLLER_LOST
    try:
        if await _restarted_since(session, session.call.created):
            cause = HangupCause.MEDIA_NODE_LOST
    except AriError as error:
        log.warning("Whether Asterisk was restarted is not known.", call=session.call.id, error=str(error))
    return Ending(cause=cause, by=Party.NETWORK, known_up=known_up)


async def _restarted_since(session: Session, at: float) -> bool:
    info = await session.services.client.asterisk.get_info(only=["status"])
    started = info.status.startup_time if info.status else ""
    return bool(started) and datetime.fromisoformat(started).timestamp() > at


def end_of(session: Session, event: ari.ChannelDestroyed, *, soft: bool) -> Ending:
    """How a channel ended; `soft`: Asterisk itself hung it up, or we did."""
    answered = session.call.answered is not None
    if session.ours:
        return session.ours
    cause = cause_of(q850=event.cause, sip=event.tech_cause, answered=answered, soft=soft)
    if soft and (cause is HangupCause.NORMAL or event.cause == 0):  # nobody asked for it: Asterisk shuts down
        cause = HangupCause.MEDIA_NODE_LOST
    if soft and cause is HangupCause.NO_ANSWER:  # our limit of the ringing
        return Ending(cause=cause, by=Party.US)
    if soft or cause in (HangupCause.MEDIA_TIMEOUT, HangupCause.SESSION_EXPIRED):
        return Ending(cause=cause, by=Party.NETWORK)
    return Ending(cause=cause, by=Party.FAR, sip_status=None if answered else event.tech_cause)
