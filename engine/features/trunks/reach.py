"""Whether trunks can reach this machine at the addresses that SIP and SDP name: one-way audio's usual causes."""

import socket
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import NamedTuple

from engine.addresses import Addresses
from engine.net.guard import is_private, is_public
from engine.store.unheard_calls import Unheard


class Listening(NamedTuple):
    """The settings: the addresses that SIP listens on, those that are named to parties outside, the RTP ports."""

    bind: Addresses
    external: Addresses
    rtp: tuple[int, int]


LOOPBACK = Listening(Addresses("127.0.0.1"), Addresses(), (10000, 14998))
"""The settings' defaults."""
FEWEST_UNHEARD = 2
"""One call without audio may be a party that is gone."""


class Unreachable(NamedTuple):
    """What is wrong, and one line that says what to set."""

    detail: str
    mend: str


def unreachable(here: Listening, far: Mapping[str, Iterable[str]], routes: Mapping[str, str]) -> list[Unreachable]:
    """Return what is wrong for trunks, by their names with their addresses; each kind of thing once.

    `routes` has for addresses of theirs the address of this machine that packets to it leave from.
    """
    found = []
    for trunk, addresses in far.items():
        for address in addresses:
            if (wrong := _wrong(here, trunk, address, routes.get(address, ""))) is not None:
                found.append(wrong)
                break
    return found


def unheard(here: Listening, calls: Mapping[str, Unheard]) -> list[Unreachable]:
    """Return of which trunks nothing is heard in most of their newest calls: RTP does not come in."""
    first, last = here.rtp
    return [
        Unreachable(
            f"of the last {ended.answered} answered calls by the trunk {trunk} {ended.unheard} ended because no RTP "
            "came in",
            f"Let UDP {first}-{last} in at the firewall, and have it forwarded unchanged to this machine by its NAT.",
        )
        for trunk, ended in calls.items()
        if ended.unheard >= FEWEST_UNHEARD and 2 * ended.unheard > ended.answered
    ]


def own_address(far: str, port: int = 5060) -> str:
    """Return the address of this machine that packets to `far` leave from; "" where there is no route."""
    family = socket.AF_INET6 if ":" in far else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((far, port))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def _wrong(here: Listening, trunk: str, far: str, route: str) -> Unreachable | None:
    address = ip_address(far)
    bind, external = here.bind.of(address.version), here.external.of(address.version)
    if not bind:
        return Unreachable(
            f"SIP listens on no IPv{address.version} address, and the trunk {trunk} has one ({far})",
            "Set CARILLON_BIND=0.0.0.0,:: in .env, then make run.",
        )
    if address.is_loopback:
        return None
    if bind == "localhost" or bind.startswith("127.") or bind == "::1":
        return Unreachable(
            f"SIP listens on {bind} only, and the trunk {trunk} ({far}) is another machine",
            f"Set CARILLON_BIND={'::' if address.version == 6 else '0.0.0.0'} in .env, then make run.",
        )
    if not is_public(address):
        return None
    shown, name = (external, "CARILLON_EXTERNAL_ADDRESS") if external else (route, "this machine")
    if _is_hidden(shown):
        first, last = here.rtp
        return Unreachable(
            f"SDP names {shown} ({name}), where the trunk {trunk} ({far}) cannot send RTP to",
            f"Set CARILLON_EXTERNAL_ADDRESS in .env to the public one, and have UDP {first}-{last} forwarded.",
        )
    return None


def _is_hidden(address: str) -> bool:
    try:
        return is_private(ip_address(address))
    except ValueError:
        return False
