"""Where a trunk's calls come from, and so how a request is known to be a trunk's and not a phone's.

Asterisk asks by address first (`identify`), then whether the From's user is an extension's. So a trunk has every call
from its addresses, whoever it shows as the caller, and a phone behind one of them would be taken for the trunk. Where
both are behind one address, the trunk is told by its port:

- its host, at any port: some carriers call from another port than they are called at;
- unless the host is this machine (then phones are behind it too): at the trunk's port;
- unless `sources` names it with a port: at that port;
- `sources`: further addresses, networks and host names, each at any port or at the one given.

Names are looked up by us (engine.features.trunks.names), SRV records too, and again when their answers expire: Asterisk
is told of addresses only.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from engine.features.errors import InvalidSetting
from engine.features.trunks.settings import host_in
from engine.store.trunks import Trunk

Found = Mapping[str, tuple[str, ...]]
"""The addresses of hosts; a host that has none is not in it."""
MOST_SOURCES = 64
NOWHERE = "0.0.0.0"  # nothing is bound to it: no request comes from there
"""What a trunk is known by whose names have no address now."""
DEFAULT_PORT = 5060
_WIDEST = {4: 8, 6: 32}  # bits: a wider network would let almost anybody in
_WRITTEN = re.compile(
    r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<bare>[0-9a-f]*:[0-9a-f.]*:[0-9a-f:.]*)|(?P<host>[a-z0-9._-]+))"
    r"(?P<ends>(?:/[0-9]{1,3}|:[0-9]{1,5}){0,2})",
    re.ASCII,
)
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*", re.ASCII)


class Source(NamedTuple):
    """An address, a network of `bits`, or a host name; `port` None: any."""

    host: str
    bits: int | None = None
    port: int | None = None


def source_of(text: str) -> Source:
    """Read `host[:port]`, `address[/bits][:port]`, an IPv6 address with a port in [ ]; raises InvalidSetting."""
    wrong = InvalidSetting(
        "Where a trunk's calls come from must be an address, a network or a host name, with a port or without, such as "
        f"203.0.113.7, 203.0.113.0/28 or sip.example.com:5060 (got {text.strip()!r})."
    )
    found = _WRITTEN.fullmatch(text.strip().lower())
    if found is None:
        raise wrong
    ends = dict.fromkeys(re.findall(r"[/:]", found["ends"]))
    values = {end: int(value) for end, value in re.findall(r"([/:])([0-9]+)", found["ends"])}
    if len(ends) != len(re.findall(r"[/:]", found["ends"])) or not 1 <= values.get(":", 1) <= 65535:
        raise wrong
    host = found["six"] or found["bare"] or found["host"].removesuffix(".")
    return _checked(Source(host, values.get("/"), values.get(":")), wrong)


def _checked(source: Source, wrong: InvalidSetting) -> Source:
    try:
        address = ip_address(source.host)
    except ValueError:
        numeric = re.fullmatch(r"[0-9.]+", source.host)
        if source.bits is not None or ":" in source.host or numeric or not _NAME.fullmatch(source.host):
            raise wrong from None
        return source
    if source.bits is None:
        return source._replace(host=str(address))
    if source.bits > address.max_prefixlen:
        raise wrong
    if source.bits < _WIDEST[address.version]:
        raise InvalidSetting(f"A trunk's network must be /{_WIDEST[address.version]} or smaller (got /{source.bits}).")
    network = ip_network((str(address), source.bits), strict=False)
    return source._replace(host=str(network.network_address))


def written(source: Source) -> str:
    """Return it as Asterisk takes it in `match`, e.g. 203.0.113.0:5060/28."""
    host = f"[{source.host}]" if ":" in source.host and source.port else source.host
    port = f":{source.port}" if source.port else ""
    return host + port + (f"/{source.bits}" if source.bits is not None else "")


def checked_sources(text: str) -> str:
    """Return a trunk's sources as they are stored; raises InvalidSetting."""
    sources = [written(source_of(each)) for each in text.split(",") if each.strip()]
    if len(sources) > MOST_SOURCES:
        raise InvalidSetting(f"A trunk must have at most {MOST_SOURCES} sources (got {len(sources)}).")
    return ",".join(dict.fromkeys(sources))


def sources_of(trunk: Trunk) -> list[Source]:
    """Return a trunk's sources beside its host; its outbound proxy sends calls too."""
    proxy = host_in(trunk.signalling.outbound_proxy) if trunk.signalling.outbound_proxy else None
    return [source_of(each) for each in (*trunk.sources.split(","), proxy) if each]


def warnings(trunk: Trunk, all: Iterable[Trunk]) -> list[str]:
    """Return from which places calls may be taken for another one's of all trunks."""
    others = sorted((each for each in all if each.name != trunk.name), key=lambda each: each.name)
    same = [each for each in others if host_of(each) == host_of(trunk)]
    found = []
    if same:
        found.append(
            f"{' and '.join(each.name for each in same)} has the host {trunk.host} too: a call from there is taken for "
            "one of them, unless both register or --from names different ports."
        )
    for other in (each for each in others if each not in same):
        if places := _overlap(trunk, other):
            ours, theirs = places
            found.append(
                f"{written(ours)} overlaps with {written(theirs)} of {other.name}: a call from there is taken for one "
                "of them. Make --from of one of them smaller, or name different ports."
            )
    return found


def _overlap(trunk: Trunk, other: Trunk) -> tuple[Source, Source] | None:
    """Return the first place of a trunk and the one of another that have an address in common, names left aside."""
    for ours in _literal(trunk):
        for theirs in _literal(other):
            if (None in (ours.port, theirs.port) or ours.port == theirs.port) and _network(ours).overlaps(
                _network(theirs)
            ):
                return ours, theirs
    return None


def _literal(trunk: Trunk) -> list[Source]:
    return [each for each in (*sources_of(trunk), Source(host_of(trunk))) if is_address(each.host)]


def _network(source: Source) -> IPv4Network | IPv6Network:
    return ip_network(source.host if source.bits is None else (source.host, source.bits))


def names_of(trunk: Trunk) -> list[str]:
    """Return the host names among the places that a trunk's calls come from."""
    return [host for host in (host_of(trunk), *(source.host for source in sources_of(trunk))) if not is_address(host)]


def match(trunk: Trunk, found: Found, own: Collection[str] = ()) -> str:
    """Return what Asterisk knows a trunk by, its identify's `match`; `own` are the addresses of this machine.

    The host stands last: of a match only its last entry outlives a restart of Asterisk, until it is put again.
    """
    host, sources = host_of(trunk), sources_of(trunk)
    by_port = {one for each in sources if each.port and each.bits is None for one in _of(each.host, found)}
    further = [each._replace(host=address) for each in sources for address in _of(each.host, found)]
    entries = []
    for address in _of(host, found):
        if address in own and address not in by_port:
            entries.append(Source(address, port=trunk.port or DEFAULT_PORT))
        elif address not in by_port:
            entries.append(Source(address))
    return ",".join(dict.fromkeys(written(entry) for entry in (*further, *entries))) or NOWHERE


def is_literal(entry: str) -> bool:
    """Whether an entry of a `match` is an address or a network, not a name that was looked up once."""
    return is_address(source_of(entry).host)


def _of(host: str, found: Found) -> tuple[str, ...]:
    return (host,) if is_address(host) else found.get(host, ())


def host_of(trunk: Trunk) -> str:
    """Return a trunk's host in one form: an address, or a name in lower case."""
    host = trunk.host.lower().removesuffix(".")
    return str(ip_address(host)) if is_address(host) else host


def is_address(host: str) -> bool:
    """Whether a host is an IP address, not a name."""
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
