"""How SIP is spoken with a carrier: transport, identity, watching, session timers."""

import re
from collections.abc import Collection
from urllib.parse import quote

from engine.addresses import bracketed
from engine.features.endpoints.provisioner import TRANSPORTS_OF_FAMILY
from engine.features.trunks.certificates import checked_authorities, checked_certificate
from engine.features.trunks.settings import host_in, is_host, must, one_of, within
from engine.features.trunks.sources import is_address
from engine.store.trunk_groups import Signalling
from engine.store.trunks import Trunk

TRANSPORTS = ("udp", "tcp", "tls")
SESSION_TIMERS = ("no", "yes", "required", "always")
PRACK = ("no", "yes", "required")
PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}
"""The port of a transport where none is given (RFC 3261 section 19.1.2)."""
_USER = re.compile(r"[A-Za-z0-9_.+~!*'()&=$-]{0,128}", re.ASCII)
_UNESCAPED = "-_.!~*'()&=+$,;?/"  # RFC 3261 section 25.1: what a user part may have beside letters and digits


def checked(trunk: Trunk) -> Signalling:
    """Return a trunk's signalling, which is safe to give to Asterisk; raises InvalidSetting."""
    signalling = trunk.signalling
    one_of("transport", signalling.transport, TRANSPORTS)
    _check_tls(signalling)
    must(not signalling.auth_user or trunk.password, "auth_user needs a password: it is who the password is of.")
    for field in ("from_user", "contact_user"):
        value = getattr(signalling, field)
        must(_USER.fullmatch(value), f"{field} must be letters, digits and _ . + - ~ ! * ' ( ) & = $ (got {value!r}).")
    must(
        not signalling.from_domain or is_host(signalling.from_domain),
        f"from_domain must be a host name or an address (got {signalling.from_domain!r}).",
    )
    proxy = signalling.outbound_proxy
    must(
        not proxy or host_in(proxy),
        f"outbound_proxy must be a host or host:port, such as proxy.example.com:5060 (got {proxy!r}).",
    )
    within("options_seconds", signalling.options_seconds, 5, 3600, or_zero="no OPTIONS is sent")
    within("register_seconds", signalling.register_seconds, 30, 86400)
    one_of("session_timers", signalling.session_timers, SESSION_TIMERS)
    within("session_seconds", signalling.session_seconds, 90, 86400)  # RFC 4028 section 4: 90 at least
    one_of("prack", signalling.prack, PRACK)
    return signalling


def endpoint(trunk: Trunk, transport: str) -> dict[str, str]:
    """Return what Asterisk's endpoint has of it; `transport` is the name of a transport in Asterisk, "" for any."""
    signalling = trunk.signalling
    found = {
        "transport": transport,
        "from_user": signalling.from_user,
        "from_domain": bracketed(domain(trunk)) if signalling.from_domain or trunk.register else "",
        "contact_user": signalling.contact_user,
        "outbound_proxy": _route(trunk),
        "timers": signalling.session_timers,
        "timers_sess_expires": str(signalling.session_seconds),
        "100rel": signalling.prack,
    }
    return {name: value for name, value in found.items() if value}


def aor(trunk: Trunk, transport: str) -> dict[str, str]:
    """Return what Asterisk has of where a carrier is; `transport` as in `endpoint`."""
    proxy = _route(trunk)
    return {
        "contact": _looked_up(trunk, transport),
        "qualify_frequency": str(trunk.signalling.options_seconds),
        "qualify_timeout": "3",
        **({"outbound_proxy": proxy} if proxy else {}),
    }


def registration(trunk: Trunk, transport: str) -> dict[str, str]:
    """Return what Asterisk has of a registration beside what all have; `transport` as in `endpoint`."""
    proxy = _route(trunk)
    return {
        **({"transport": transport} if transport else {}),
        "server_uri": _looked_up(trunk, transport),
        "client_uri": f"sip:{escaped(trunk.username or '')}@{bracketed(domain(trunk))}",
        "contact_user": contact_user(trunk),
        "expiration": str(trunk.signalling.register_seconds),
        **({"outbound_proxy": proxy} if proxy else {}),
    }


def domain(trunk: Trunk) -> str:
    """Return the domain of our address at a carrier."""
    return trunk.signalling.from_domain or trunk.host


def contact_user(trunk: Trunk) -> str:
    """Return the user of the contact that is registered, and so of the request URI of calls to it.

    A user that is more than letters and digits is not one that every carrier gives back as it was.
    """
    user = trunk.username or ""
    return trunk.signalling.contact_user or (user if user and _USER.fullmatch(user) else trunk.name)


def auth_user(trunk: Trunk) -> str:
    """Return the user of digest authentication; "" for none."""
    return trunk.signalling.auth_user or trunk.username or ""


def uri(trunk: Trunk, user: str = "") -> str:
    """Return the carrier's SIP URI, of a user there or without one."""
    userinfo = f"{escaped(user)}@" if user else ""
    port = f":{trunk.port}" if trunk.port else ""
    return f"sip:{userinfo}{bracketed(trunk.host)}{port}{_parameter(trunk.signalling.transport)}"


def transport_of(signalling: Signalling, families: Collection[int] = (4,)) -> str:
    """Return the name of the transport in Asterisk's pjsip.conf; of tls there is none (engine.features.trunks.tls).

    "" for a trunk of both families: Asterisk chooses by the address that it sends to, and takes RTP of both. With a
    transport it would take RTP of that one's family alone (res_pjsip_sdp_rtp.c, create_rtp).
    """
    udp, tcp = TRANSPORTS_OF_FAMILY[6 if set(families) == {6} else 4]
    return "" if {4, 6} <= set(families) else tcp if signalling.transport == "tcp" else udp


def address_of_record(trunk: Trunk) -> str:
    """Return our address at a carrier that we register with, as it is on the wire."""
    return f"sip:{quote(trunk.username or '', safe=_UNESCAPED)}@{bracketed(domain(trunk))}"


def escaped(user: str) -> str:
    """Return a user as a URI that is given to Asterisk has it (RFC 3261 section 25.1).

    A % is escaped twice: PJSIP takes an escape away when it reads a URI, and writes a % as it is (22.10.1).
    """
    return quote(user.replace("%", "%25"), safe=_UNESCAPED)


def _route(trunk: Trunk) -> str:
    """Return the outbound proxy as a loose route (RFC 3261 section 16.12)."""
    proxy = trunk.signalling.outbound_proxy
    return f"sip:{proxy}{_parameter(trunk.signalling.transport)};lr" if proxy else ""


def _looked_up(trunk: Trunk, transport: str) -> str:
    """Return the carrier's URI as Asterisk looks it up.

    Without a transport of its own a name is looked up for every kind of transport (pjsip_resolver.c, sip_resolve), so
    the URI names the one that is meant.
    """
    found = uri(trunk)
    explicit = not transport and trunk.signalling.transport == "udp" and not is_address(trunk.host) and not trunk.port
    return f"{found};transport=udp" if explicit else found


def _parameter(transport: str) -> str:
    return "" if transport == "udp" else f";transport={transport}"


def _check_tls(signalling: Signalling) -> None:
    for field in ("ca", "certificate", "key"):
        must(
            signalling.transport == "tls" or not getattr(signalling, field),
            f"{field} needs transport tls (got {signalling.transport}).",
        )
    must(
        bool(signalling.certificate) == bool(signalling.key),
        f"{'key' if signalling.certificate else 'certificate'} is missing: a certificate and its key go together.",
    )
    if signalling.ca:
        checked_authorities(signalling.ca)
    if signalling.certificate:
        checked_certificate(signalling.certificate, signalling.key)
