"""Who a client is: the address that its limits are counted by."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

Network = IPv4Network | IPv6Network
_SITE_BITS = 64
_MOST_FORWARDED = 32


class BadNetwork(ValueError):
    """A list of proxies that cannot be read."""


class Clients:
    """Names clients. An IPv4 client is its address, an IPv6 one its /64, which is one site's (RFC 6177 §2).

    `proxies` are the networks whose X-Forwarded-For is believed: a request that comes from one of them is counted by
    the last address of that header which is not a proxy's. Nobody else's header is read: anyone can send it.
    """

    def __init__(self, proxies: Sequence[Network] = ()) -> None:
        self._proxies = tuple(proxies)

    @classmethod
    def read(cls, text: str) -> "Clients":
        """Read the addresses and networks of proxies, separated by commas; raises BadNetwork."""
        try:
            return cls([ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()])
        except ValueError:
            raise BadNetwork(
                f"Proxies must be addresses or networks, such as 127.0.0.1, 10.0.0.0/8 (got '{text}')."
            ) from None

    def is_proxy(self, address: str) -> bool:
        """Whether many clients come from this address."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._proxies)

    def of(self, request: web.BaseRequest) -> str:
        """Return the name of the client that sent a request."""
        address = request.remote or ""
        if not self.is_proxy(address):
            return name_of(address)
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")[-_MOST_FORWARDED:]
        hops = [hop.strip() for hop in forwarded if hop.strip()]
        return name_of(next((hop for hop in reversed(hops) if not self.is_proxy(hop)), address))


def name_of(address: str) -> str:
    """Return what an address is counted by; a text that is not an address stays, cut to 45 characters."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:45]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), _SITE_BITS), strict=False))
