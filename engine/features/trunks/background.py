"""What is kept going around trunks from the start to the end of a controller."""

from pathlib import Path

from engine.features.trunks.addresses import AddressRefresh
from engine.features.trunks.log_rotation import Rotate, SecurityLog
from engine.features.trunks.options import AnsweredOptions, OptionsWatch
from engine.features.trunks.refused_requests import RefusedRequests
from engine.features.trunks.service import Trunks
from engine.features.trunks.unmatched_calls import UnmatchedCalls
from engine.store.writer import Writer


class TrunkWatch:
    """Writes down the calls that reached no number, reads which requests were refused, looks trunks' hosts up and
    whether they answer OPTIONS, keeps Asterisk's log of security events short."""

    def __init__(
        self, writer: Writer, trunks: Trunks, asterisk_log: Path, rotate: Rotate, options: AnsweredOptions
    ) -> None:
        self.unmatched = UnmatchedCalls(writer)
        self.refused = RefusedRequests(asterisk_log)
        self._security = SecurityLog(asterisk_log.parent, rotate)
        self._refresh = AddressRefresh(trunks.addresses, trunks.refresh_addresses)
        self._options = OptionsWatch(options, trunks.answering)

    async def start(self) -> None:
        """Begin."""
        await self.refused.start()
        await self._refresh.start()
        await self._security.start()
        await self._options.start()

    async def stop(self) -> None:
        """End; what waits to be written down is."""
        await self._options.stop()
        await self._security.stop()
        await self._refresh.stop()
        await self.refused.stop()
        await self.unmatched.stop()
