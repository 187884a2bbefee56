"""SIP traces: the SIP messages of calls, kept for a time, for the administrator."""

from collections.abc import Sequence

from sqlalchemy import Connection

from engine.events import CallEnded
from engine.features.sip_traces import store
from engine.features.sip_traces.model import TraceSettings
from engine.features.sip_traces.recorder import Recorder
from engine.features.sip_traces.service import SipTraces
from engine.platform.feature import Feature, Measure
from engine.platform.platform import Platform
from engine.store.events import StoredEvent
from engine.store.unmatched_calls import UnmatchedCall


class SipTracesFeature(Feature):
    """Takes the SIP messages that Asterisk sends, and keeps those of calls."""

    name = "sip_traces"

    def __init__(self, platform: Platform, settings: TraceSettings) -> None:
        self._recorder = Recorder(platform, settings)
        self._collector = collector = self._recorder.collector
        self._on = settings.on
        self.services = (SipTraces(platform.database, settings, self._recorder),)
        self.metrics = (
            Measure("carillon_sip_messages_taken", "SIP messages of calls, for traces", lambda: collector.taken),
            Measure("carillon_sip_messages_lost", "SIP messages that came too fast to be kept", lambda: collector.lost),
            Measure(
                "carillon_hep_refused", "Packets that were not our Asterisk's", lambda: self._recorder.listener.refused
            ),
        )
        if self._on:
            platform.on_commit(self._watch)

    def on_sip_call_id(self, call: str, sip_call_id: str) -> None:
        """Note the Call-ID of a leg (its id); a leg has another one for each trunk that is tried."""
        if self._on:
            self._collector.claim(call, sip_call_id)

    def on_unmatched(self, call: UnmatchedCall) -> None:
        """Note the Call-ID of a call that reached no number."""
        if self._on and call.sip_call_id:
            self._collector.claim_unmatched(call.sip_call_id)

    def leave(self, conn: Connection, account: str) -> None:
        """Remove the traces of an account's calls."""
        store.remove_of_account(conn, account)

    async def start(self) -> None:
        """Begin to take messages."""
        await self._recorder.start()

    async def stop(self) -> None:
        """End; what has arrived is stored."""
        await self._recorder.stop()

    def _watch(self, committed: Sequence[StoredEvent]) -> None:
        for stored in committed:
            if isinstance(stored.event, CallEnded):
                self._collector.release(stored.event.subject)
