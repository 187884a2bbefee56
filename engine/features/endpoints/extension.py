"""What an extension's fields may be, and what Asterisk is told about each."""

import re
import secrets

import msgspec

from engine.features.endpoints.lamps import mailbox_of
from engine.features.endpoints.presence import NOWHERE
from engine.features.endpoints.provisioner import (
    HELD_RTP_TIMEOUT,
    RTP_KEEPALIVE,
    RTP_TIMEOUT,
    Piece,
)
from engine.features.endpoints.user_names import is_secret
from engine.features.errors import InvalidSetting
from engine.features.numbers.phone_numbers import is_emergency
from engine.features.trunks.media import checked_codecs
from engine.store.extensions import Extension, Srtp

CODECS = ("ulaw", "alaw", "g722", "opus")
"""The codecs that an extension may have."""
QUALIFY_SECONDS = 25
"""Between two OPTIONS to a phone. They keep the NAT open that it is behind: many forget a UDP flow after 30 s without a
packet, and RFC 5626 section 4.4.2 has 24 to 29 s between two keep-alives."""
_NUMBER = re.compile(r"[0-9]{2,6}", re.ASCII)
_NAME = re.compile(r"[^\x00-\x1f\x7f\"<>;\\]{0,64}")
MOST_CONTACTS = 10
"""So many phones of one extension may be registered at once, and so many browsers."""
_PASSWORD = re.compile(r"(?! )[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{8,64}(?<! )")
"""Asterisk takes a password as JSON and compares digests of its UTF-8 (RFC 7616 section 4), so nothing is quoted."""


def new_password() -> str:
    """Make a random password that can be typed."""
    return secrets.token_hex(10)


def checked(extension: Extension, country: str) -> Extension:
    """Return an extension whose every field is safe to give to Asterisk; raises InvalidSetting.

    Whether the account may show its `outbound_caller` is engine.features.callers' to say.
    """
    if not _NUMBER.fullmatch(extension.number):
        raise InvalidSetting("An extension is 2 to 6 digits.")
    if is_emergency(extension.number, country):
        raise InvalidSetting(f"{extension.number} is an emergency number and cannot be an extension.")
    if not _NAME.fullmatch(extension.name):
        raise InvalidSetting("An extension's name has at most 64 characters, and none of \" < > ; \\.")
    if not _PASSWORD.fullmatch(extension.password):
        raise InvalidSetting(
            "A password has 8 to 64 characters, no control characters, and no blank at its beginning or end."
        )
    if not 1 <= extension.max_contacts <= MOST_CONTACTS:
        raise InvalidSetting(f"max_contacts must be 1 to {MOST_CONTACTS} (got {extension.max_contacts}).")
    if extension.codecs:
        return msgspec.structs.replace(extension, codecs=checked_codecs(extension.codecs, CODECS))
    return extension


def endpoints_of(extension: Extension, rtp_address: str = "", hints: str = NOWHERE) -> dict[str, list[Piece]]:
    """Return what Asterisk is told about an extension, by its endpoints' names, each in the order to tell it.

    `rtp_address` is the address that its RTP comes to; "": all addresses of this machine. `hints` is the context in
    which its phones subscribe to states.
    `webrtc` of Asterisk holds for a whole endpoint, so browsers have one of their own.
    """
    known = {extension.sip_user: pieces(extension, rtp_address, hints)}
    if extension.webrtc:
        media = BROWSER | _codecs(extension) | rtp_at(rtp_address)
        known[extension.browser_user] = _pieces(extension, extension.browser_user, media, hints)
    return known


def pieces(extension: Extension, rtp_address: str = "", hints: str = NOWHERE) -> list[Piece]:
    """Return what Asterisk is told about the phones of an extension."""
    media = _PHONE | _SRTP[extension.srtp] | _codecs(extension) | rtp_at(rtp_address)
    return _pieces(extension, extension.sip_user, media, hints)


def _pieces(extension: Extension, name: str, media: dict[str, str], hints: str) -> list[Piece]:
    """The endpoint comes before its AOR: for a new AOR that is qualified, Asterisk looks for the endpoints that have it
    (res_pjsip/pjsip_options.c), which took 2 ms with 1,000 of them and 4 ms if its own was not there yet.
    """
    return [
        Piece(
            kind="auth",
            id=name,
            fields={"auth_type": "digest", "username": name, "password": extension.password},
        ),
        Piece(kind="endpoint", id=name, fields=_endpoint(extension, name, hints) | media),
        Piece(
            kind="aor",
            id=name,
            # A phone too many takes the place of one that answers no OPTIONS, else of the one that expires first.
            fields={
                "max_contacts": str(extension.max_contacts),
                "remove_existing": "yes",
                "remove_unavailable": "yes",
                "qualify_frequency": str(QUALIFY_SECONDS),
                "qualify_timeout": "3",
                "minimum_expiration": "30",
                "maximum_expiration": "3600",
                # Asterisk lets any phone subscribe to any AOR that has a mailbox (22.10.1), so only those have one
                # whose name cannot be guessed: a phone of another account would learn how many messages there are.
                **({"mailboxes": mailbox_of(extension.sip_user)} if is_secret(extension.sip_user) else {}),
            },
        ),
    ]


_PHONE = {
    "allow": "ulaw,alaw,g722",
    "force_rport": "yes",
    "media_encryption": "sdes",
}
"""What the endpoint of telephones and softphones has."""
_SRTP = {
    # SRTP with whoever offers it or takes it; RTP with the others (RFC 4568 in an offer of RTP/AVP).
    Srtp.OPTIONAL: {"media_encryption_optimistic": "yes"},
    Srtp.REQUIRED: {"media_encryption_optimistic": "no"},  # an offer of RTP/SAVP; one without it is declined (488)
}
_OWN_ORDER = "local_merge"
"""All of the endpoint's own codecs in its own order, instead of the caller's first (res/res_pjsip/pjsip_config.xml)."""
BROWSER = {
    "allow": "opus,g722,ulaw,alaw",
    # DTLS-SRTP with a certificate that Asterisk makes, ICE, AVPF, RTCP on the same port (RFC 8834, RFC 8827)
    "webrtc": "yes",
}
"""What the endpoint of browsers has."""


def _codecs(extension: Extension) -> dict[str, str]:
    return {"allow": extension.codecs, "outgoing_call_offer_pref": _OWN_ORDER} if extension.codecs else {}


def rtp_at(address: str) -> dict[str, str]:
    """Return what keeps RTP on one address: without a transport of its own an endpoint takes it on all of them."""
    return {"media_address": address, "bind_rtp_to_media_address": "yes"} if address else {}


def _endpoint(extension: Extension, name: str, hints: str) -> dict[str, str]:
    """Return what Asterisk's endpoint has of an extension.

    It has no transport, so Asterisk sends by the one that the phone registered by: UDP, TCP, TLS or a websocket.
    """
    return {
        "context": "from-extension",
        "disallow": "all",
        "auth": name,
        "aors": name,
        "identify_by": "username",
        "callerid": f'"{extension.name}" <{extension.number}>',
        "direct_media": "no",
        "rtp_symmetric": "yes",
        "rewrite_contact": "yes",
        "rtp_timeout": RTP_TIMEOUT,
        "rtp_timeout_hold": HELD_RTP_TIMEOUT,
        "rtp_keepalive": RTP_KEEPALIVE,
        "dtmf_mode": extension.dtmf.value,
        "message_context": "im",
        "mailboxes": mailbox_of(extension.sip_user),  # notified without having subscribed (RFC 3842 section 3.6)
        "mwi_subscribe_replaces_unsolicited": "yes",
        "allow_transfer": "yes",  # a REFER comes to the engine: PJSIP_TRANSFER_HANDLING of each channel says so
        "allow_subscribe": "yes",  # to message-summary, and to states
        "subscribe_context": hints,
        "send_connected_line": "no",
    }
