"""Dials an admitted leg: one route after the other, until one reaches the party. The only place that sends INVITEs."""

import asyncio
import contextlib
import math
from collections.abc import Sequence

import msgspec
import structlog

from engine.ari import generated as ari
from engine.ari.bus import Subscription
from engine.ari.errors import AriError, AriUnreachable, Gone, ServerError
from engine.calls.admission_protocol import Admitted, Route
from engine.calls.contacts import contacts_beside
from engine.calls.ending import Ending
from engine.calls.first_response import FirstResponse
from engine.calls.following import FOLLOWED, follow
from engine.calls.forking import Fork
from engine.calls.loops import goes_round
from engine.calls.occupied import BUSY, is_occupied
from engine.calls.registry import Registry
from engine.calls.session import Session, cancelled
from engine.calls.state import Milestone
from engine.calls.trunk_gate import PassedOver
from engine.model.call import Call, CallState, Party
from engine.model.cause import HangupCause
from engine.model.leg_options import PLAIN
from engine.store.errors import StoreUnavailable

log = structlog.get_logger(__name__)
SHUTTING_DOWN = 503
"""What Asterisk answers every request with from when it was told to shut down (tried on Asterisk 22.10.1)."""
TIMER_B = 408
"""What Asterisk tells of an INVITE that nobody answered within 32 s (RFC 3261 section 17.1.1.2)."""
FAILED = 500
"""What it answers where it has no such endpoint, and in the moment before it shuts down: then it makes no channel."""
TRANSFERS = {"PJSIP_TRANSFER_HANDLING()": "ari-only", "TRANSFER_CONTEXT": "nowhere"}
"""Lets a phone's REFER come to us, and Asterisk itself transfer nothing; for calls that come in: extensions.conf."""
MOMENT_SECONDS = 0.5
ASKED_AGAIN_SECONDS = 1.0
NOWHERE = Ending(cause=HangupCause.NO_ROUTE, by=Party.NETWORK)
FULL = Ending(cause=HangupCause.OVER_LIMIT, by=Party.US)
LOOPED = Ending(cause=HangupCause.LOOP, by=Party.US)
SILENT = Ending(cause=HangupCause.NO_RESPONSE, by=Party.NETWORK)


async def dial(
    session: Session, admitted: Admitted, live: Registry, *, restored: bool = False
) -> Ending:
    """Wait for the account's turn, then try each route until one reaches the party; `live` are all calls.

    Not dialled are an extension that takes no call now (engine.calls.occupied), and a call that goes round in a circle.
    Of a call that waited, or was stored by an earlier controller (`restored`), it is asked once more whether it may be
    placed; else it ends as cancelled by us.
    """
    if admitted.wait > 0:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(session.until(Milestone.HANGING_UP), admitted.wait)
    if (admitted.wait > 0 or restored) and not session.ours and await barred(session):
        return session.ours or Ending(cause=HangupCause.CANCELLED, by=Party.US)
    if is_occupied(session.call, session.services.admission, live):
        return session.ours or BUSY
    if admitted.routes and admitted.routes[0].trunk and goes_round(session.call, live):
        log.warning("A call goes round by its carrier; it is ended.", call=session.call.id)
        return session.ours or LOOPED
    routes = session.services.gate.in_order(admitted.routes)
    return await try_routes(session, routes, most=admitted.max_attempts)


async def barred(session: Session) -> bool:
    """Whether a feature has something by now against a call that was stored and not dialled.

    While the store cannot be reached it is not known, and the call waits.
    """
    services, call = session.services, session.call
    while True:
        try:
            why = await services.database.read(lambda conn: services.admission.barred(conn, call))
        except StoreUnavailable:
            if await session.ending(ASKED_AGAIN_SECONDS):
                return False
            continue
        if why:
            log.info("A call that waited is not dialled.", call=call.id, why=why)
        return why is not None


async def try_routes(
    session: Session,
    routes: Sequence[Route],
    *,
    most: int,
    first: int = 1,
    attempts: int = 0,
    ending: Ending | None = None,
) -> Ending:
    """Try the routes for as long as a trunk and not the party is why one ended, until `most` were dialled.

    Where an earlier controller tried others before, `first` is the place of the first of these routes among all
    (counted from 1), `attempts` how many were dialled, and `ending` how the last one ended.
    """
    services, last = session.services, first + len(routes) - 1
    full = False
    for place, route in enumerate(routes, start=first):
        if session.ours:
            break
        if attempts >= most:
            log.info("A call has no more attempts.", call=session.call.id, most=most)
            break
        if passed := await services.gate.enter(session.call.id, route):
            full |= passed.full
            _note(session, route, passed)
            continue
        attempts += 1
        try:
            ending = await _attempt(session, place, route, gives_up=place < last and attempts < most)
        except asyncio.CancelledError:  # the call stays up, and holds its place for the next controller
            raise
        except BaseException:
            leave(session, route)
            raise
        leave(session, route)
        if is_final(session, route, ending):
            break
        note_failure(session, route, ending, last=place == last)
    return session.ours or ending or (FULL if full else NOWHERE)


def leave(session: Session, route: Route) -> None:
    """Give back the place of a call on a route's trunk."""
    if route.trunk:
        session.services.gate.leave(session.call.id, route.trunk)


def is_final(session: Session, route: Route, ending: Ending) -> bool:
    """Whether no other route is to be tried after one ended so."""
    ended = session.ours or session.call.answered or ending.cause is HangupCause.MEDIA_NODE_LOST
    return bool(ended) or not route.next_on.lets(ending.cause, ending.sip_status)


async def _attempt(session: Session, place: int, route: Route, *, gives_up: bool) -> Ending:
    """Dial one route and follow the call to its end; `gives_up`: another one is left where nothing answers."""
    call = session.call
    channel_id = channel_of(call.id, place)
    await session.dialing(channel_id, route.trunk)
    with session.services.bus.subscribe(channel_id, types=FOLLOWED) as events:
        fork = None
        try:
            channel = await _created(session, route)
            session.note_sip_call_id(channel.protocol_id)
            fork = await invite(session, route, channel, events)
        except Gone:
            pass  # ChannelDestroyed says why
        except AriError as error:
            log.warning("A route could not be dialled.", call=call.id, trunk=route.trunk, error=str(error))
            await session.remove_channel()
            gone = _is_gone(error) or (error.status == FAILED and await _shuts_down(session))
            return Ending(cause=HangupCause.MEDIA_NODE_LOST if gone else HangupCause.NO_ROUTE, by=Party.NETWORK)
        if session.ours:
            await session.hang_up()
        return await (fork.follow() if fork else followed(session, route, events, gives_up=gives_up))


async def invite(
    session: Session,
    route: Route,
    channel: ari.Channel,
    events: Subscription,
    *,
    there: Sequence[ari.Channel] = (),
) -> Fork | None:
    """Dial a leg's channel, which was created; `events` follows it. Raises AriError.

    Of an extension with more phones all are dialled: then the leg is to be followed by what is returned. `there` are
    the channels of those that an earlier controller may have dialled.
    """
    fork, seconds = None, math.ceil(session.call.ring_seconds)
    if route.phones and (others := await contacts_beside(session.channel, channel, route.phones)):
        log.info("An extension rings at several phones.", call=session.call.id, phones=1 + len(others))
        fork = Fork(session, events, there)
        await fork.create(others, _variables(session.call, route))
    await (fork.dial(seconds) if fork else session.channel.dial(seconds=seconds))
    session.note_dialled()
    return fork


async def _created(session: Session, route: Route) -> ari.Channel:
    """Create the channel of a route: at the first endpoint of an extension that has a phone. Raises AriError."""
    *others, last = [f"PJSIP/{phone}" for phone in route.phones] or [route.endpoint]
    variables = _variables(session.call, route)
    for endpoint in others:
        with contextlib.suppress(ServerError):
            return await session.channel.create(endpoint, args=("outbound",), variables=variables)
    return await session.channel.create(last, args=("outbound",), variables=variables)


def _is_gone(error: AriError) -> bool:
    return isinstance(error, AriUnreachable) or error.status == SHUTTING_DOWN


async def _shuts_down(session: Session) -> bool:
    """Whether Asterisk is gone a moment later."""
    await session.ending(MOMENT_SECONDS)
    try:
        await session.services.client.asterisk.ping()
    except AriError as error:
        return _is_gone(error)
    return False


def channel_of(call: str, place: int) -> str:
    """Return the id of the channel by which a call tries the route at a place (counted from 1)."""
    return call if place == 1 else f"{call}-{place}"


def place_of(call: str, channel: str) -> int:
    """Return the place of the route that a channel tries: what `channel_of` made it of."""
    place = channel.removeprefix(f"{call}-")
    return int(place) if place.isdecimal() else 1


async def followed(session: Session, route: Route, events: Subscription, *, gives_up: bool) -> Ending:
    """Follow a route that was dialled to its end; `gives_up`: another one is left where nothing answers."""
    response = FirstResponse(session, route, gives_up=gives_up)
    watching = session.spawn(response.watch(), "first response of") if route.response_seconds else None
    ending = await follow(session, events)
    if watching:
        await cancelled([watching])
    return _ended_as(session, route, response, ending)


def _ended_as(session: Session, route: Route, response: FirstResponse, ending: Ending) -> Ending:
    """Tell an attempt's end as it was where Asterisk shows another: nothing answered, or no trunk knows the number."""
    if ending.sip_status and not response.silent:  # of a silent one the 408 is our own (RFC 3261 section 17.1.1.2)
        session.services.gate.answered(route)
    if session.ours or session.call.answered:
        return ending
    dead = response.silent and session.call.state is CallState.DIALING
    if response.gave_up or (dead and (ending.by is Party.US or ending.sip_status == TIMER_B)):
        return SILENT
    if route.last_resort and ending.cause is HangupCause.UNKNOWN_NUMBER:
        return msgspec.structs.replace(ending, cause=HangupCause.NO_ROUTE, by=Party.NETWORK)
    return ending


def _note(session: Session, route: Route, passed: PassedOver) -> None:
    trunk = route.trunk or ""
    log.info("A route is passed over.", call=session.call.id, trunk=trunk, reason=passed.reason, why=passed.detail)
    session.note_route_failed(trunk, passed.reason, detail=passed.detail)


def note_failure(session: Session, route: Route, ending: Ending, *, last: bool) -> None:
    """Write down why a trunk did not carry the call, unless its end says the same."""
    if route.trunk is None or last:
        return
    reason, status = str(ending.cause), ending.sip_status
    log.info("A route failed.", call=session.call.id, trunk=route.trunk, reason=reason, sip_status=status)
    session.note_route_failed(route.trunk, reason, sip_status=status)


def _variables(call: Call, route: Route) -> dict[str, str] | None:
    """What the INVITE says beside the number, as Asterisk's functions.

    A private one has an anonymous From and no asserted identity, and asks for the same of whoever it passes (RFC 3323
    §4.1.1.3, §4.2; RFC 3325 §9.3).
    """
    options = call.options or PLAIN
    caller = route.write_caller(call.caller) if route.write_caller else call.caller
    variables = {"CONNECTEDLINE(all,i)": f'"{caller}" <{caller}>'} if caller else {}
    if options.private:
        variables["CONNECTEDLINE(pres,i)"] = "prohib"
        variables["PJSIP_HEADER(add,Privacy)"] = "id"
    if options.diverted_by:  # Diversion (RFC 5806); without a count there is none (res_pjsip_diversion.c)
        shown = route.write_caller(options.diverted_by) if route.write_caller else options.diverted_by
        variables |= {"REDIRECTING(from-num,i)": shown, "REDIRECTING(count,i)": "1"}
    for name, value in options.headers:
        variables[f"PJSIP_HEADER(add,{name})"] = value
    if route.trunk is None and options.reach != "sip":
        variables |= TRANSFERS
    return variables or None
