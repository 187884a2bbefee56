"""SIP traces as the administrator sees them."""

from collections.abc import Sequence

from engine.features.sip_traces import store
from engine.features.sip_traces.model import Dialog, TraceSettings
from engine.features.sip_traces.recorder import Recorder
from engine.store.database import Database


class SipTraces:
    """Reads what is kept. Each method raises StoreError if the database does not answer."""

    def __init__(self, database: Database, settings: TraceSettings, recorder: Recorder) -> None:
        self._database, self._recorder = database, recorder
        self.hours = settings.hours if settings.on else 0.0
        """For how long messages are kept; 0: none are."""

    async def of_calls(self, ids: Sequence[str]) -> list[Dialog]:
        """Return the messages of legs (their ids), a Call-ID each, in the order in which they began."""
        await self._recorder.up_to_date()
        return await self._database.read(lambda conn: store.of_calls(conn, ids))

    async def of_unmatched(self, sip_call_id: str) -> list[Dialog]:
        """Return the messages of a call that reached no number."""
        await self._recorder.up_to_date()
        return await self._database.read(lambda conn: store.of_sip_call_id(conn, sip_call_id))
