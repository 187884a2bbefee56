"""Which transport of Asterisk a trunk has: by its kind, and by the families of its addresses."""

from collections.abc import Collection, Iterable

from engine.addresses import families_of
from engine.features.trunks.signalling import transport_of
from engine.features.trunks.sources import NOWHERE, source_of
from engine.features.trunks.tls import TlsTransports
from engine.store.trunk_groups import Signalling


class Transports:
    """Chooses transports. `families` are those of the addresses that SIP listens on."""

    def __init__(self, tls: TlsTransports, families: Collection[int] = (4,)) -> None:
        self._tls, self.families = tls, frozenset(families)

    async def of(self, signalling: Signalling, match: str) -> str:
        """Return the name of the transport of a trunk that is known by `match`; "": any one of its kind.

        With TLS it is made if it is not there: a trunk of both families has the one of IPv4. Raises InvalidSetting,
        NotProvisioned, Unreachable.
        """
        families = self.families & families_in(match) or self.families
        if signalling.transport == "tls":
            return await self._tls.of(signalling, min(families))
        return transport_of(signalling, families)

    async def share(self) -> None:
        """Make the transports of TLS that phones use (engine.features.trunks.tls.TlsTransports.share)."""
        await self._tls.share()

    async def keep(self, signallings: Iterable[Signalling]) -> None:
        """Remove the transports of TLS that no trunk has (engine.features.trunks.tls.TlsTransports.keep)."""
        await self._tls.keep(signallings)

    def forget(self) -> None:
        """Look anew at what Asterisk has: it may have been restarted."""
        self._tls.forget()


def families_in(match: str) -> frozenset[int]:
    """Return the families of what a trunk is known by (4, 6); none if none of its names has an address."""
    return families_of(source_of(entry).host for entry in match.split(",") if entry != NOWHERE)
