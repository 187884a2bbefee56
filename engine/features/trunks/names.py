"""Carriers' host names in the DNS: their addresses and the targets of their NAPTR and SRV records (RFC 3263 section 4).

Asterisk looks names up by itself when it sends (res_pjsip/pjsip_resolver.c); here they are looked up to know where a
carrier's calls come from, so all targets count, whatever their priority and transport. The name servers of both are the
same (CARILLON_DNS).
"""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

import aiodns
import pycares

_T = TypeVar("_T")
_SECONDS, _TRIES = 1.0, 3
LONGEST_SECONDS = 4.0
"""Seconds that a name may take in all; Asterisk's own look-up takes the same time."""
LEAST_TTL, MOST_TTL, NO_ANSWER_TTL = 5.0, 3600.0, 30.0
"""Limits of the seconds for which an answer counts, and those of a name without one: it is asked again soon."""
_SERVICES = {"SIP+D2U", "SIP+D2T", "SIPS+D2T"}  # RFC 3263 section 4.1
_SRV = ("_sip._udp.", "_sip._tcp.", "_sips._tcp.")
_NONE = {aiodns.error.ARES_ENOTFOUND, aiodns.error.ARES_ENODATA, aiodns.error.ARES_EBADNAME}
"""What says that there is no such name, or no such record of it; every other error is that of a server."""


class Answer(NamedTuple):
    """What is known of a name: its own addresses, those of its SRV targets, the targets, and for how many seconds.

    `failed`: a server did not answer, or could not tell, so there may be more.
    """

    addresses: tuple[str, ...] = ()
    target_addresses: tuple[str, ...] = ()
    targets: tuple[tuple[str, int], ...] = ()
    seconds: float = NO_ANSWER_TTL
    failed: bool = False

    @property
    def all(self) -> tuple[str, ...]:
        """Every address that a carrier of this name may call from, sorted."""
        return tuple(sorted({*self.addresses, *self.target_addresses}))


class LooksUp(Protocol):
    """Looks names up."""

    async def look_up(self, hosts: Iterable[str]) -> dict[str, Answer]:
        """Return what is known of each host; a name without any address has an answer without one."""


class Names:
    """Asks the name servers `servers` (host or host:port; none: the system's); the system's hosts file counts too."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        self._servers = list(servers)

    async def look_up(self, hosts: Iterable[str]) -> dict[str, Answer]:
        """Return what is known of each host; never raises."""
        names = list(dict.fromkeys(hosts))
        if not names:
            return {}
        resolver = aiodns.DNSResolver(self._servers or None, timeout=_SECONDS, tries=_TRIES)
        try:
            answers = await asyncio.gather(*(_answer(_Asking(resolver), name) for name in names))
        finally:
            await resolver.close()
        return dict(zip(names, answers, strict=True))


class _Asking:
    """The questions about one name, and whether a server failed to answer one."""

    def __init__(self, resolver: aiodns.DNSResolver) -> None:
        self.resolver = resolver
        self.failed = False

    def note(self, error: Exception) -> None:
        """Note why a question was not answered."""
        self.failed |= isinstance(error, aiodns.error.DNSError) and error.args[0] not in _NONE

    async def within(self, question: Awaitable[_T], otherwise: _T) -> _T:
        """Return the answer, or what counts instead where it takes too long."""
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await question
        except TimeoutError:
            self.failed = True
            return otherwise


async def _answer(asking: _Asking, name: str) -> Answer:
    """Return what is known of a name. A server that answers one kind of question and not another loses only that."""
    (own, own_ttl), (targets, found, srv_ttl) = await asyncio.gather(
        asking.within(_addresses(asking, name), ((), MOST_TTL)),
        asking.within(_targets(asking, name), ((), (), NO_ANSWER_TTL)),
    )
    if not own and not found:
        return Answer(targets=targets, failed=asking.failed)
    return Answer(own, found, targets, min(max(min(own_ttl, srv_ttl), LEAST_TTL), MOST_TTL), asking.failed)


async def _targets(asking: _Asking, name: str) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...], float]:
    """Return the targets of a name's SRV records, their addresses, and the TTL of all that."""
    targets, ttl = await _srv(asking, name)
    further = await asyncio.gather(*(_addresses(asking, host) for host in {host for host, _ in targets}))
    found = sorted({address for addresses, _ in further for address in addresses})
    return targets, tuple(found), min([ttl, *(ttl for _, ttl in further)])


async def _addresses(asking: _Asking, name: str) -> tuple[tuple[str, ...], float]:
    """Return the addresses of a name (A, AAAA, the hosts file) and their TTL."""
    try:
        found = await asking.resolver.getaddrinfo(name)
    except (aiodns.error.DNSError, UnicodeError) as error:
        asking.note(error)
        return (), MOST_TTL
    addresses = {_text(node.addr[0]).partition("%")[0] for node in found.nodes}
    lasting = [float(node.ttl) for node in found.nodes if node.ttl > 0]  # 0: of the hosts file
    return tuple(sorted(addresses)), min(lasting, default=MOST_TTL)


async def _srv(asking: _Asking, name: str) -> tuple[tuple[tuple[str, int], ...], float]:
    """Return the targets (host, port) of a name's SRV records, those that its NAPTR records name too, and their TTL."""
    referred, ttl = await _naptr(asking, name)
    services = dict.fromkeys((*referred, *(prefix + name for prefix in _SRV)))
    answers = await asyncio.gather(*(_records(asking, service, "SRV") for service in services))
    records = [(record.data, float(record.ttl)) for records in answers for record in records]
    found = [(data, lasts) for data, lasts in records if isinstance(data, pycares.SRVRecordData)]
    targets = {(_name(data.target), data.port) for data, _ in found}
    return tuple(sorted(each for each in targets if each[0])), min([ttl, *(lasts for _, lasts in found)])


async def _naptr(asking: _Asking, name: str) -> tuple[list[str], float]:
    records = [(record.data, float(record.ttl)) for record in await _records(asking, name, "NAPTR")]
    found = [(data, lasts) for data, lasts in records if isinstance(data, pycares.NAPTRRecordData)]
    known = [(data, lasts) for data, lasts in found if _text(data.service).upper() in _SERVICES]
    names = [_name(data.replacement) for data, _ in known if _text(data.flags).lower() == "s"]
    return [each for each in names if each], min((lasts for _, lasts in known), default=MOST_TTL)


async def _records(asking: _Asking, name: str, kind: str) -> list[pycares.DNSRecord]:
    try:
        found = await asking.resolver.query_dns(name, kind)
    except (aiodns.error.DNSError, UnicodeError) as error:
        asking.note(error)
        return []
    wanted = aiodns.query_type_map[kind]
    return [record for record in found.answer if record.type == wanted]


def _name(target: str | bytes) -> str:
    """Return a host name in lower case without its last dot; "" for the root, which means: no such service."""
    return _text(target).removesuffix(".").lower()


def _text(value: str | bytes) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value
