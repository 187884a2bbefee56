"""Trunks: lines to a carrier, and what Asterisk is told about each."""

import re
from ipaddress import ip_address

import phonenumbers

from engine.features.endpoints.provisioner import HELD_RTP_TIMEOUT, RTP_KEEPALIVE, RTP_TIMEOUT, TRANSPORT, Piece
from engine.features.errors import InvalidNumber, InvalidSetting
from engine.features.numbers.phone_numbers import prefix_of
from engine.features.trunks.outbound_routing import LAST_RESORT
from engine.features.trunks.sources import checked_sources
from engine.store.trunks import Trunk

CODECS = ("ulaw", "alaw", "g722", "opus", "g729", "gsm", "slin16")
DTMF_MODES = {"rfc4733": "rfc4733", "rfc2833": "rfc4733", "inband": "inband", "info": "info", "auto": "auto"}
LAB = "lab"
"""The name of the lab's trunk, which follows the settings."""
_NAME = re.compile(r"[a-z0-9-]{1,32}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_PLAIN = re.compile(r"[^\x00-\x20;<>\"\x7f]{1,128}")
QUALIFY_SECONDS = 15  # between two OPTIONS; Asterisk sends the first after a random part of it


def endpoint_of(trunk: str) -> str:
    """Return the name of a trunk's endpoint in Asterisk."""
    return f"trunk-{trunk}"


def lab(address: str, port: int) -> Trunk:
    """The trunk that is there at first: to the lab, which keeps its numbers and takes all others as a last resort."""
    return Trunk(
        name=LAB, host=address, port=port, username=None, password=None, register=False,
        codecs="ulaw,alaw", dtmf="rfc4733", prefix="1201555,*", priority=LAST_RESORT,
    )  # fmt: skip


def checked(trunk: Trunk) -> Trunk:
    """Return a trunk whose every field is safe to give to Asterisk; raises InvalidSetting that says what is not."""
    _must(_NAME.fullmatch(trunk.name), "A trunk's name is 1 to 32 of a-z, 0-9 and -.")
    _must(_is_host(trunk.host), "A trunk's host is an IP address or a host name; its port goes to --port.")
    _must(1 <= trunk.port <= 65535, "A port is 1 to 65535.")
    _must(0 <= trunk.priority <= 1_000_000, "A priority is 0 to 1000000; the lowest is tried first.")
    for name, value in (("user", trunk.username), ("password", trunk.password)):
        _must(value is None or _PLAIN.fullmatch(value), f"A trunk's {name} has no blanks, and none of ; < > \".")
    _must(trunk.username is None or "@" not in trunk.username, "A trunk's user has no @: its host is given apart.")
    _must(trunk.username or not trunk.password, "A trunk with a password needs a user.")
    _must(trunk.username or not trunk.register, "A trunk that registers needs a user and a password.")
    _must(trunk.dtmf in DTMF_MODES, f"A trunk's DTMF is one of {', '.join(DTMF_MODES)}.")
    _must(
        not trunk.country or trunk.country in phonenumbers.SUPPORTED_REGIONS,
        f"A trunk's country must be two capital letters, such as US (got {trunk.country!r}).",
    )
    codecs = [codec.strip().lower() for codec in trunk.codecs.split(",")]
    for codec in codecs:
        _must(codec in CODECS, f"{codec!r} is no codec that is carried; there are {', '.join(CODECS)}.")
    try:
        prefixes = [prefix_of(text) or "*" for text in trunk.prefix.split(",")]
    except InvalidNumber:
        raise InvalidSetting(
            "A trunk's prefix is digits such as +44, several with commas; * is every number."
        ) from None
    return Trunk(
        name=trunk.name, host=trunk.host, port=trunk.port, username=trunk.username, password=trunk.password,
        register=trunk.register, codecs=",".join(codecs), dtmf=trunk.dtmf, prefix=",".join(prefixes),
        priority=trunk.priority, sources=checked_sources(trunk.sources), country=trunk.country,
    )  # fmt: skip


def identify(trunk: Trunk, match: str = "") -> Piece:
    """Return what Asterisk knows a trunk's calls by; `match` (engine.features.trunks.sources) or else its host."""
    name = endpoint_of(trunk.name)
    return Piece(kind="identify", id=name, fields={"endpoint": name, "match": match or trunk.host})


def pieces(trunk: Trunk, match: str = "") -> list[Piece]:
    """Return what Asterisk is told about a trunk, in the order to tell it; `match`: see `identify`."""
    name = endpoint_of(trunk.name)
    auth = [Piece(kind="auth", id=name, fields=_auth(trunk))] if trunk.username else []
    registration = [Piece(kind="registration", id=name, fields=_registration(trunk, name))] if trunk.register else []
    return [
        *auth,
        Piece(
            kind="aor",
            id=name,
            fields={
                "contact": f"sip:{_address(trunk)}",
                "qualify_frequency": str(QUALIFY_SECONDS),
                "qualify_timeout": "3",
            },
        ),
        Piece(kind="endpoint", id=name, fields=_endpoint(trunk, name)),
        identify(trunk, match),
        *registration,
    ]


def _auth(trunk: Trunk) -> dict[str, str]:
    return {"auth_type": "digest", "username": trunk.username or "", "password": trunk.password or ""}


def _endpoint(trunk: Trunk, name: str) -> dict[str, str]:
    fields = {
        "context": "from-trunk",
        "disallow": "all",
        "allow": trunk.codecs,
        "aors": name,
        "transport": TRANSPORT,
        "identify_by": "ip",  # by username anyone could claim to be the carrier
        "direct_media": "no",
        "rtp_symmetric": "yes",
        "rtp_timeout": RTP_TIMEOUT,
        "rtp_timeout_hold": HELD_RTP_TIMEOUT,
        "rtp_keepalive": RTP_KEEPALIVE,
        "dtmf_mode": DTMF_MODES[trunk.dtmf],
        "message_context": "im-trunk",
        "allow_transfer": "no",  # a REFER would take the call out of the engine's hands
        "allow_subscribe": "no",
        "send_pai": "yes",
        "send_connected_line": "no",  # else a re-INVITE shows it the other party at each bridging (chan_pjsip.c)
        "trust_id_inbound": "yes",
    }
    return fields | ({"outbound_auth": name} if trunk.username else {})


def _registration(trunk: Trunk, name: str) -> dict[str, str]:
    return {
        "transport": TRANSPORT,
        "outbound_auth": name,
        "server_uri": f"sip:{_address(trunk)}",
        "client_uri": f"sip:{trunk.username}@{_address(trunk)}",
        "contact_user": trunk.username or "",
        "retry_interval": "30",
        "forbidden_retry_interval": "300",
        "max_retries": "1000000",  # the default gives up after ten
        "auth_rejection_permanent": "no",  # the default never tries again after one 401
        "expiration": "300",
        "line": "yes",
        "endpoint": name,
    }


def _address(trunk: Trunk) -> str:
    host = f"[{trunk.host}]" if ":" in trunk.host else trunk.host
    return f"{host}:{trunk.port}"


def _is_host(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return bool(_HOST.fullmatch(text)) and ".." not in text


def _must(condition: object, otherwise: str) -> None:
    if not condition:
        raise InvalidSetting(otherwise)
