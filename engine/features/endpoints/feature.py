"""Endpoints: what Asterisk registers or calls, extensions and trunks."""

from engine.features.endpoints.guests import Guests
from engine.features.endpoints.lamps import Lamps
from engine.features.endpoints.presence import Presence
from engine.features.endpoints.provisioner import Provisioner
from engine.features.endpoints.push import Endpoints, Owner
from engine.features.endpoints.service import Extensions
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store import tables
from engine.tasks.secret import Seal


class EndpointsFeature(Feature):
    """The extensions of accounts, and all that Asterisk must have of them and of the `trunks`.

    `rtp_address` is the address that phones' RTP comes to; "": all addresses of this machine.
    """

    name = "endpoints"
    tables = (tables.extensions,)

    def __init__(
        self,
        platform: Platform,
        provisioner: Provisioner,
        trunks: Owner,
        lamps: Lamps,
        rtp_address: str = "",
    ) -> None:
        self._presence = Presence(lamps.client, platform.cache)
        self.extensions = Extensions(platform.writer, platform.cache, provisioner, rtp_address, self._presence)
        platform.on_refresh(self._presence.look)
        guests = Guests(platform.seal or Seal(""), rtp_address)
        self.all = Endpoints(provisioner, (trunks, self.extensions, guests))
        self.services = (self.extensions, self.all, lamps, guests)

    async def on_media_server(self) -> None:
        """Tell an Asterisk what states are made of; raises AriError."""
        await self._presence.push_all()

    async def start(self) -> None:
        """Follow who is not to be disturbed."""
        self._presence.start()

    async def stop(self) -> None:
        """Follow it no more."""
        await self._presence.stop()
