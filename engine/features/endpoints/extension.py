"""What an extension's fields may be, and what Asterisk is told about each."""

import re
import secrets

from engine.features.endpoints.lamps import mailbox_of
from engine.features.endpoints.provisioner import HELD_RTP_TIMEOUT, RTP_KEEPALIVE, RTP_TIMEOUT, TRANSPORT, Piece
from engine.features.endpoints.user_names import is_secret
from engine.features.errors import InvalidSetting
from engine.features.numbers.phone_numbers import is_emergency
from engine.store.extensions import Extension

_NUMBER = re.compile(r"[0-9]{2,6}", re.ASCII)
_NAME = re.compile(r"[^\x00-\x1f\x7f\"<>;\\]{0,64}")
_PASSWORD = re.compile(r"[\x21-\x3a\x3c-\x7e]{8,64}")


def new_password() -> str:
    """Make a random password that can be typed."""
    return secrets.token_hex(10)


def checked(extension: Extension, country: str) -> Extension:
    """Return an extension whose every field is safe to give to Asterisk; raises InvalidSetting."""
    if not _NUMBER.fullmatch(extension.number):
        raise InvalidSetting("An extension is 2 to 6 digits.")
    if is_emergency(extension.number, country):
        raise InvalidSetting(f"{extension.number} is an emergency number and cannot be an extension.")
    if not _NAME.fullmatch(extension.name):
        raise InvalidSetting("An extension's name has at most 64 characters, and none of \" < > ; \\.")
    if not _PASSWORD.fullmatch(extension.password):
        raise InvalidSetting("A password has 8 to 64 characters, no blanks and no ;.")
    return extension


def pieces(extension: Extension) -> list[Piece]:
    """Return what Asterisk is told about an extension, in the order to tell it.

    The endpoint comes before its AOR: for a new AOR that is qualified, Asterisk looks for the endpoints that have it
    (res_pjsip/pjsip_options.c), which took 2 ms with 1,000 of them and 4 ms if its own was not there yet.
    """
    name = extension.sip_user
    return [
        Piece(
            kind="auth",
            id=name,
            fields={"auth_type": "digest", "username": name, "password": extension.password},
        ),
        Piece(kind="endpoint", id=name, fields=_endpoint(extension)),
        Piece(
            kind="aor",
            id=name,
            # One contact: Asterisk rings only the first of several, and a phone that moved must not leave a dead one.
            fields={
                "max_contacts": "1",
                "remove_existing": "yes",
                "qualify_frequency": "60",
                "qualify_timeout": "3",
                "minimum_expiration": "30",
                "maximum_expiration": "3600",
                # Asterisk lets any phone subscribe to any AOR that has a mailbox (22.10.1), so only those have one
                # whose name cannot be guessed: a phone of another account would learn how many messages there are.
                **({"mailboxes": mailbox_of(name)} if is_secret(name) else {}),
            },
        ),
    ]


def _endpoint(extension: Extension) -> dict[str, str]:
    name = extension.sip_user
    return {
        "context": "from-extension",
        "disallow": "all",
        "allow": "ulaw,alaw,g722",
        "auth": name,
        "aors": name,
        "transport": TRANSPORT,
        "identify_by": "username",
        "callerid": f'"{extension.name}" <{extension.number}>',
        "direct_media": "no",
        "rtp_symmetric": "yes",
        "force_rport": "yes",
        "rewrite_contact": "yes",
        "rtp_timeout": RTP_TIMEOUT,
        "rtp_timeout_hold": HELD_RTP_TIMEOUT,
        "rtp_keepalive": RTP_KEEPALIVE,
        "dtmf_mode": "rfc4733",
        "message_context": "im",
        "mailboxes": mailbox_of(name),  # its phone is notified without having subscribed (RFC 3842 section 3.6)
        "mwi_subscribe_replaces_unsolicited": "yes",
        "allow_transfer": "no",  # a REFER would take the call out of the engine's hands
        "allow_subscribe": "yes",  # to message-summary: no other package is loaded
        "send_connected_line": "no",
    }
