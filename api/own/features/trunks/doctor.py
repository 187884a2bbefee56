"""What `carillon doctor` says of one-way audio: whether trunks can send to the addresses that SIP and SDP name."""

from collections.abc import AsyncIterator

from api.own.admin.doctor import Check
from api.own.services import OwnServices
from engine.features.trunks.model import Trunk
from engine.features.trunks.reach import own_address, unheard, unreachable
from engine.features.trunks.service import Trunks
from engine.features.trunks.sources import is_address
from engine.features.trunks.trunk import LAB


async def checks(services: OwnServices) -> AsyncIterator[Check]:
    """Check all trunks but the lab's: what is wrong with each, or one line that all is well."""
    here = services.addresses.listening
    trunks = services.features[Trunks]
    far = {trunk.name: await _addresses(trunks, trunk) for trunk in trunks.all() if trunk.name != LAB}
    routes = {address: own_address(address) for addresses in far.values() for address in addresses}
    calls = {name: ended for name, ended in (await trunks.unheard()).items() if name in far}
    wrong = [*unreachable(here, far, routes), *unheard(here, calls)]
    for one in wrong:
        yield Check(name="rtp", ok=False, detail=one.detail, mend=one.mend)
    if not wrong:
        first, last = here.rtp
        detail = f"trunks must be able to send to UDP {first}-{last}, which cannot be seen from here"
        yield Check(name="rtp", ok=True, detail=detail)


async def _addresses(trunks: Trunks, trunk: Trunk) -> tuple[str, ...]:
    """Return an address of a trunk's host, now; none if its name has none."""
    host, _ = await trunks.addresses.place(trunk)
    return (host,) if is_address(host) else ()
