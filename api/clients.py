"""The name of a client, by which its limits are counted: its address."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

Network = IPv4Network | IPv6Network
_SITE_BITS = 64
_MOST_FORWARDED = 32


class BadNetwork(ValueError):
    """A list of proxies that cannot be read."""


class Clients:
    """Names clients: an IPv4 client by its address, an IPv6 client by its /64, which is one site's (RFC 6177 §2).

    `proxies` are the networks whose X-Forwarded-For is trusted: a request from one of them is counted for the last
    address of that header that is not a proxy's. The header of other clients is ignored, as any client can send it.
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
        """Return whether this address is a proxy's, so that it stands for many clients."""
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
    """Return the name under which an address is counted; other text is returned as it is, cut to 45 characters."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:45]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), _SITE_BITS), strict=False))
