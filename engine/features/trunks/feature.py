"""Trunks: the connections to carriers."""

from collections.abc import Collection
from pathlib import Path

from engine.features.endpoints.provisioner import Provisioner
from engine.features.trunks.addresses import TrunkAddresses
from engine.features.trunks.service import Trunks
from engine.features.trunks.watch import TrunkWatch
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class TrunksFeature(Feature):
    """Trunks, and what is kept going around them.

    `own_addresses` are those of this machine; `asterisk_log` is the folder in which Asterisk notes what it refused.
    """

    name = "trunks"

    def __init__(
        self, platform: Platform, provisioner: Provisioner, own_addresses: Collection[str], asterisk_log: Path
    ) -> None:
        db, writer = platform.database, platform.writer
        self.trunks = Trunks(db, writer, platform.cache, provisioner, TrunkAddresses(own_addresses))
        self.watch = TrunkWatch(writer, self.trunks, asterisk_log)
        self.services = (self.trunks, self.watch.refused)

    async def start(self) -> None:
        """Begin to watch."""
        await self.watch.start()

    async def stop(self) -> None:
        """End; what waits to be written down is."""
        await self.watch.stop()
