"""What is kept going around trunks from the start to the end of a controller."""

from pathlib import Path

from engine.features.trunks.addresses import AddressRefresh
from engine.features.trunks.refused_requests import RefusedRequests
from engine.features.trunks.service import Trunks
from engine.features.trunks.unmatched_calls import UnmatchedCalls
from engine.store.writer import Writer


class TrunkWatch:
    """Writes down the calls that reached no number, reads which requests were refused, and looks trunks' hosts up."""

    def __init__(self, writer: Writer, trunks: Trunks, asterisk_log: Path) -> None:
        self.unmatched = UnmatchedCalls(writer)
        self.refused = RefusedRequests(asterisk_log)
        self._refresh = AddressRefresh(trunks.refresh_addresses)

    async def start(self) -> None:
        """Begin."""
        await self.refused.start()
        await self._refresh.start()

    async def stop(self) -> None:
        """End; what waits to be written down is."""
        await self._refresh.stop()
        await self.refused.stop()
        await self.unmatched.stop()
