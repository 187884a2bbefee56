"""Going on with a call that an earlier controller dialled: its last route, then those that it did not come to.

The call's events say which those are: each route has a CallDialing, or a RouteFailed where it was passed over. The
order of the routes alone does not say it: trunks may have rested, or have been changed since.
"""

import asyncio
from collections.abc import Sequence

from engine.ari.bus import Subscription
from engine.calls.admission_protocol import Admitted, Route
from engine.calls.dialling import followed, is_final, leave, note_failure, place_of, try_routes
from engine.calls.ending import Ending
from engine.calls.session import Session
from engine.events import CallDialing, Event, RouteFailed


class DialledBefore:
    """A call that was dialled before this controller came; `noted` are the events that it has so far."""

    def __init__(self, session: Session, admitted: Admitted, noted: Sequence[Event]) -> None:
        self._session, self._admitted = session, admitted
        call = session.call
        known = {event.trunk for event in noted if isinstance(event, CallDialing | RouteFailed)} | {call.trunk}
        self._attempts = sum(isinstance(event, CallDialing) for event in noted)
        self._left = tuple(route for route in admitted.routes if route.trunk not in known)
        routes = (route for route in admitted.routes if route.trunk == call.trunk)
        self._route = next(routes, Route(endpoint="", trunk=call.trunk))  # a trunk may not carry the number any more

    async def follow(self, events: Subscription) -> Ending:
        """Follow the route that was dialled last to its end; one that nothing answers is given up for the next one."""
        gives_up = bool(self._left) and self._attempts < self._admitted.max_attempts
        try:
            ending = await followed(self._session, self._route, events, gives_up=gives_up)
        except asyncio.CancelledError:  # the call stays up, and holds its place for the next controller
            raise
        except BaseException:
            leave(self._session, self._route)
            raise
        leave(self._session, self._route)
        return ending

    async def go_on(self, ending: Ending) -> Ending:
        """Try the routes that are left, if the last one `ending` so is why the call was not carried."""
        session, call = self._session, self._session.call
        if is_final(session, self._route, ending):
            return session.ours or ending
        left = session.services.gate.in_order(self._left)
        note_failure(session, self._route, ending, last=not left)
        return await try_routes(
            session,
            left,
            most=self._admitted.max_attempts,
            first=place_of(call.id, call.channel_id or call.id) + 1,
            attempts=self._attempts,
            ending=ending,
        )
