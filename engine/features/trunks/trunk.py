"""Trunks: lines to a carrier, and what Asterisk is told about each."""

import re
from collections.abc import Callable

import msgspec
import phonenumbers

from engine.features.endpoints.provisioner import DTMF_MODE, HELD_RTP_TIMEOUT, RTP_KEEPALIVE, RTP_TIMEOUT, Piece
from engine.features.errors import InvalidNumber, InvalidSetting
from engine.features.numbers.phone_numbers import prefix_of
from engine.features.trunks import media, numbering, routing_settings, signalling
from engine.features.trunks.outbound_routing import LAST_RESORT
from engine.features.trunks.settings import is_host, must, unbracketed
from engine.features.trunks.sources import checked_sources, is_address
from engine.store.trunk_groups import Group, Signalling
from engine.store.trunks import Trunk

DTMF_MODES = {
    "rfc4733": DTMF_MODE, "rfc2833": DTMF_MODE, "inband": "inband", "info": "info", "auto": DTMF_MODE,
    "auto_info": "auto_info",
}  # fmt: skip
GROUPS: dict[str, Callable[[Trunk], Group]] = {
    "signalling": signalling.checked, "numbering": numbering.checked, "media": media.checked,
    "routing": routing_settings.checked,
}  # fmt: skip
"""What checks each group of a trunk's settings."""
LAB = "lab"
"""The name of the lab's trunk, which follows the settings."""
_NAME = re.compile(r"[a-z0-9-]{1,32}")
_PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?")
QUALIFY_SECONDS = Signalling().options_seconds  # between two OPTIONS; Asterisk sends the first after a random part
ANSWER_SECONDS = 3  # within which the answer to one must come


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
    trunk = msgspec.structs.replace(trunk, host=unbracketed(trunk.host))
    must(_NAME.fullmatch(trunk.name), "A trunk's name is 1 to 32 of a-z, 0-9 and -.")
    must(is_host(trunk.host), "A trunk's host is an IP address or a host name; its port goes to --port.")
    must(0 <= trunk.port <= 65535, f"port must be 1 to 65535 (got {trunk.port}).")
    must(0 <= trunk.priority <= 1_000_000, "A priority is 0 to 1000000; the lowest is tried first.")
    _check_user(trunk)
    must(trunk.dtmf in DTMF_MODES, f"A trunk's DTMF is one of {', '.join(DTMF_MODES)}.")
    must(
        not trunk.country or trunk.country in phonenumbers.SUPPORTED_REGIONS,
        f"A trunk's country must be two capital letters, such as US (got {trunk.country!r}).",
    )
    return msgspec.structs.replace(
        trunk,
        port=port_of(trunk),
        codecs=media.checked_codecs(trunk.codecs),
        prefix=_checked_prefix(trunk.prefix),
        sources=checked_sources(trunk.sources),
        **{name: check(trunk) for name, check in GROUPS.items()},
    )


def _check_user(trunk: Trunk) -> None:
    users = (("user", trunk.username), ("auth_user", trunk.signalling.auth_user or None))
    for name, value in (*users, ("password", trunk.password)):
        must(
            value is None or _PRINTABLE.fullmatch(value),
            f"A trunk's {name} is 1 to 128 printable ASCII characters, and neither the first nor the last is a blank.",
        )
    must(
        not re.search(r'["\\]', signalling.auth_user(trunk)) or not trunk.password,
        'A user that authenticates has neither " nor \\: PJSIP does not escape them in Authorization.',
    )
    must(
        trunk.username or trunk.signalling.auth_user or not trunk.password,
        "A trunk with a password needs a user.",
    )
    must(trunk.username or not trunk.register, "A trunk that registers needs a user and a password.")


def _checked_prefix(text: str) -> str:
    try:
        return ",".join(prefix_of(each) or "*" for each in text.split(","))
    except InvalidNumber:
        raise InvalidSetting(
            "A trunk's prefix is digits such as +44, several with commas; * is every number."
        ) from None


def port_of(trunk: Trunk) -> int:
    """Return a trunk's port; 0: its host is a name that is looked up (RFC 3263), an address is at the default port."""
    return trunk.port or (signalling.PORTS.get(trunk.signalling.transport, 0) if is_address(trunk.host) else 0)


def identify(trunk: Trunk, match: str = "") -> Piece:
    """Return what Asterisk knows a trunk's calls by; `match` (engine.features.trunks.sources) or else its host."""
    name = endpoint_of(trunk.name)
    return Piece(kind="identify", id=name, fields={"endpoint": name, "match": match or trunk.host})


def pieces(trunk: Trunk, match: str = "", transport: str | None = None) -> list[Piece]:
    """Return what Asterisk is told about a trunk, in the order to tell it; `match`: see `identify`.

    `transport` is the name of its transport in Asterisk; "": any; None: the one of IPv4.
    """
    name = endpoint_of(trunk.name)
    transport = signalling.transport_of(trunk.signalling) if transport is None else transport
    user = signalling.auth_user(trunk)
    auth = [Piece(kind="auth", id=name, fields=_auth(user, trunk.password or ""))] if user else []
    proves = {"outbound_auth": name} if user else {}
    registration = [Piece(kind="registration", id=name, fields=_registration(trunk, name, transport))]
    return [
        *auth,
        Piece(kind="aor", id=name, fields=signalling.aor(trunk, transport)),
        Piece(kind="endpoint", id=name, fields=_endpoint(trunk, name, transport) | proves),
        identify(trunk, match),
        *(registration if trunk.register else ()),
    ]


def _auth(user: str, password: str) -> dict[str, str]:
    return {"auth_type": "digest", "username": user, "password": password}


def _endpoint(trunk: Trunk, name: str, transport: str) -> dict[str, str]:
    return {
        "context": "from-trunk",
        "disallow": "all",
        "allow": trunk.codecs,
        "aors": name,
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
        "send_connected_line": "no",  # else a re-INVITE shows it the other party at each bridging (chan_pjsip.c)
        "trust_id_inbound": "yes",
        **signalling.endpoint(trunk, transport),
        **numbering.fields(trunk),
        **media.fields(trunk),
    }


def _registration(trunk: Trunk, name: str, transport: str) -> dict[str, str]:
    return {
        "outbound_auth": name,
        "retry_interval": "30",
        "forbidden_retry_interval": "300",
        "max_retries": "1000000",  # the default gives up after ten
        "auth_rejection_permanent": "no",  # the default never tries again after one 401
        "line": "yes",
        "endpoint": name,
        **signalling.registration(trunk, transport),
    }
