"""The endpoint of guests: browsers that have no extension, and call nothing but what they were given a ticket for.

What they dial goes to the dialplan's context from-guest (asterisk-config/engine/extensions.conf), and the ticket, not
the password, says what they may do: every page of a meeting shows the password.
"""

from engine.features.endpoints.extension import BROWSER, rtp_at
from engine.features.endpoints.provisioner import (
    DTMF_MODE,
    GUEST,
    HELD_RTP_TIMEOUT,
    RTP_KEEPALIVE,
    RTP_TIMEOUT,
    Piece,
)
from engine.tasks.secret import Seal

_PURPOSE = "the password of guests"


class Guests:
    """The owner of that endpoint (engine.features.endpoints.push.Owner)."""

    def __init__(self, seal: Seal, rtp_address: str = "") -> None:
        self._password, self._rtp_address = seal.digest(_PURPOSE, "")[:24], rtp_address

    @property
    def user(self) -> str:
        """The SIP user name of all guests."""
        return GUEST

    @property
    def password(self) -> str:
        """Their SIP password."""
        return self._password

    def endpoint_names(self) -> list[str]:
        """The one."""
        return [GUEST]

    async def endpoints(self) -> dict[str, list[Piece]]:
        """What Asterisk must have of it. It has no AOR, so nobody registers by it, and nobody is called."""
        auth = {"auth_type": "digest", "username": GUEST, "password": self._password}
        fields = {
            "context": "from-guest",
            "message_context": "nowhere",
            "disallow": "all",
            "auth": GUEST,
            "identify_by": "username",
            "callerid": f'"{GUEST}" <{GUEST}>',
            "direct_media": "no",
            "rtp_symmetric": "yes",
            "rewrite_contact": "yes",
            "rtp_timeout": RTP_TIMEOUT,
            "rtp_timeout_hold": HELD_RTP_TIMEOUT,
            "rtp_keepalive": RTP_KEEPALIVE,
            "dtmf_mode": DTMF_MODE,
            "allow_transfer": "no",
            "allow_subscribe": "no",
            "send_connected_line": "no",
        }
        media = BROWSER | rtp_at(self._rtp_address)
        return {
            GUEST: [Piece(kind="auth", id=GUEST, fields=auth), Piece(kind="endpoint", id=GUEST, fields=fields | media)]
        }

    def shown_state(self, name: str, state: str) -> str:
        """Nobody registers by it, so it is shown where it is missing alone."""
        return state if state == "missing" else ""
