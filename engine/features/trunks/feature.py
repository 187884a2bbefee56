"""Trunks: the connections to carriers."""

from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from engine.calls.directory import UnmatchedReason
from engine.features.endpoints.provisioner import Provisioner
from engine.features.trunks.addresses import TrunkAddresses
from engine.features.trunks.background import TrunkWatch
from engine.features.trunks.costs import TrunkCosts
from engine.features.trunks.names import LooksUp
from engine.features.trunks.options import AnsweredOptions
from engine.features.trunks.refused_requests import KINDS
from engine.features.trunks.service import Trunks
from engine.features.trunks.store import HostAddresses
from engine.features.trunks.tls import TlsSettings, TlsTransports
from engine.features.trunks.transports import Transports
from engine.platform.feature import Feature, Measure
from engine.platform.platform import Platform


class TrunksFeature(Feature):
    """Trunks, and what is kept going around them.

    `own_addresses` are those of this machine; `asterisk_log` is the folder in which Asterisk notes what it refused;
    `tls` is what all transports of TLS have in common, and says where SIP listens; `names` looks carriers' host names
    up; `options` is told which trunks answer OPTIONS.
    """

    name = "trunks"

    def __init__(
        self,
        platform: Platform,
        provisioner: Provisioner,
        costs: TrunkCosts,
        own_addresses: Collection[str],
        asterisk_log: Path,
        tls: TlsSettings,
        names: LooksUp | None = None,
        options: AnsweredOptions | None = None,
    ) -> None:
        db, writer = platform.database, platform.writer
        transports = Transports(TlsTransports(provisioner, tls), tls.bind.families)
        addresses = TrunkAddresses(
            own_addresses, names, families=tls.bind.families, kept=HostAddresses(platform.database, platform.writer)
        )
        options = options or AnsweredOptions()
        self.trunks = Trunks(db, writer, platform.cache, provisioner, transports, addresses, options=options)
        self.watch = TrunkWatch(writer, self.trunks, asterisk_log, provisioner.rotate_log, options)
        self.costs = costs
        self.trunks.on_removed(costs.read)
        self.services = (self.trunks, self.watch.refused, costs)
        self.metrics = (*self._refused(), *self._unmatched())

    def _refused(self) -> Iterator[Measure]:
        for kind in KINDS:
            name, what = f"carillon_sip_refused_{kind}", f"SIP requests refused before they were calls ({kind})"
            yield Measure(name, what, partial(self.watch.refused.count, kind))

    def _unmatched(self) -> Iterator[Measure]:
        for reason in UnmatchedReason:
            name, what = f"carillon_calls_unmatched_{reason}", f"Calls by trunks that reached no number ({reason})"
            yield Measure(name, what, partial(self.watch.unmatched.count, reason))

    async def start(self) -> None:
        """Read the costs, and begin to watch."""
        await self.costs.read()
        await self.trunks.addresses.read()
        await self.watch.start()

    async def on_media_server(self) -> None:
        """Take out what Asterisk has of trunks that are gone; the others are put before."""
        await self.trunks.tidy()

    async def stop(self) -> None:
        """End; what waits to be written down is."""
        await self.watch.stop()
