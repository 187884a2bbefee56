"""Whether a carrier answers an INVITE at all, be it only with 100 Trying.

ARI has no event for a 100. But chan_pjsip keeps the last response of each channel for HANGUPCAUSE(), a 100 too
(Asterisk 22.10.1: res_pjsip_session.c, session_inv_on_tsx_state_changed; chan_pjsip.c,
chan_pjsip_incoming_response_update_cause), so HANGUPCAUSE_KEYS() is empty for as long as nothing came. It is asked
about calls only that do not ring after so many seconds. Timer B (RFC 3261 section 17.1.1.2) says the same after 32 s.
"""

import asyncio

import structlog

from engine.ari.errors import AriError
from engine.calls.admission_protocol import Route
from engine.calls.session import Session
from engine.model.call import CallState

log = structlog.get_logger(__name__)
RESPONSES = "HANGUPCAUSE_KEYS()"
AGAIN_SECONDS = 3.0
"""Between two questions where no other route is left, and an answer is still waited for."""


class FirstResponse:
    """Waits for a carrier's first response to the INVITE of one attempt.

    Where none comes within the route's `response_seconds` the trunk counts as silent, and with `gives_up` the channel
    is hung up: the next route is to be tried.
    """

    def __init__(self, session: Session, route: Route, *, gives_up: bool) -> None:
        self._session, self._route, self._gives_up = session, route, gives_up
        self._channel = session.channel
        self.silent = False
        """Whether no response had come when it was looked at last."""
        self.gave_up = False

    async def watch(self) -> None:
        """Run beside the attempt, from its dial on; cancelled at its end."""
        gate, wait = self._session.services.gate, self._route.response_seconds
        while not self.gave_up:
            await asyncio.sleep(wait)
            wait, was_silent = AGAIN_SECONDS, self.silent
            if self._is_over():
                return
            if not await self._is_silent():
                self.silent = False
                gate.answered(self._route)
                return
            if self._is_over():
                return
            self.silent = True
            if not was_silent:
                log.warning("A trunk does not answer an INVITE.", call=self._session.call.id, trunk=self._route.trunk)
                gate.silent(self._route)
            if self._gives_up:
                await self._give_up()

    def _is_over(self) -> bool:
        """Whether the attempt came further than its INVITE."""
        session = self._session
        if session.call.state in (CallState.RINGING, CallState.ANSWERED):
            self._session.services.gate.answered(self._route)
            return True
        return session.hanging_up

    async def _is_silent(self) -> bool:
        try:
            return await self._channel.variable(RESPONSES) == ""
        except AriError as error:
            log.warning("What a carrier answered is not known.", call=self._session.call.id, error=str(error))
            return False

    async def _give_up(self) -> None:
        try:
            await self._channel.hangup()
        except AriError as error:  # it rings on, and is asked about again
            log.warning("A silent route could not be given up yet.", call=self._session.call.id, error=str(error))
        else:
            self.gave_up = True
