"""What opens a meeting: its links, and the tickets by which a guest's browser calls it. Both are keyed hashes of the
installation's secret, so nothing of them is stored.
"""

import base64
import hmac
import re
import secrets
from typing import NamedTuple

from engine.features.meetings.model import ID_DIGITS, LONGEST_GUEST, Meeting
from engine.tasks.secret import Seal

GOOD_SECONDS = 120.0
"""So long a ticket is good for: it is used at once."""
_KEY_DIGITS = 20
"""Hexadecimal digits of a link's key: 80 bits."""
_MAC_DIGITS = 16
_LINK = re.compile(rf"([0-9]{{{ID_DIGITS}}})-([0-9a-f]{{{_KEY_DIGITS}}})", re.ASCII)
_TICKET = re.compile(
    rf"([0-9]{{{ID_DIGITS}}})([gh])([0-9a-f]{{8}})([0-9a-f]{{2}})[0-9a-f]{{4}}\.([A-Za-z0-9_-]*)\.([0-9a-f]{{{_MAC_DIGITS}}})",
    re.ASCII,
)
_LINKS, _TICKETS = "links of meetings", "tickets of meetings"


class Ticket(NamedTuple):
    """Who calls a meeting by a browser: a guest or the host, the name it gave itself, and until when (Unix seconds).

    `links` is what the meeting's counter of links ended in (8 bits).
    """

    meeting: str
    host: bool
    name: str
    until: int
    links: int = 0

    def is_of(self, meeting: Meeting) -> bool:
        """Whether it is for a meeting, and of a link that has not been changed since."""
        return (self.meeting, self.links) == (meeting.id, meeting.links & 0xFF)


def guest_name(text: str) -> str:
    """Return a guest's name as it is kept: printable, without surplus blanks, cut to LONGEST_GUEST bytes."""
    name = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return name.encode()[:LONGEST_GUEST].decode(errors="ignore").strip()


class MeetingLinks:
    """Makes and reads them."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def link(self, meeting: Meeting, *, host: bool) -> str:
        """Return what the page of a meeting is opened with, as a guest or as its host."""
        return f"{meeting.id}-{self._key(meeting, host)}"

    def meeting_of(self, link: str) -> str | None:
        """Return the id of the meeting that a link names; None: it looks like none."""
        read = _LINK.fullmatch(link)
        return read[1] if read else None

    def opened(self, meeting: Meeting, link: str) -> bool | None:
        """Return whether a link is the host's (True) or the guests' (False) of a meeting; None: it is neither."""
        given = link.encode()
        fits = {host: hmac.compare_digest(given, self.link(meeting, host=host).encode()) for host in (True, False)}
        return next((host for host, good in fits.items() if good), None)

    def ticket(self, ticket: Ticket) -> str:
        """Return a ticket as the user part of a SIP URI, of at most 79 characters (AST_MAX_EXTENSION of Asterisk).

        Two for the same differ, so that each is good for one call.
        """
        name = base64.urlsafe_b64encode(ticket.name.encode()).rstrip(b"=").decode()
        head = f"{ticket.meeting}{'h' if ticket.host else 'g'}{ticket.until:08x}{ticket.links:02x}"
        said = f"{head}{secrets.token_hex(2)}.{name}"
        return f"{said}.{self._mac(said)}"

    def read(self, text: str, now: float) -> Ticket | None:
        """Return a ticket that is good now; None: it is none, or not any more."""
        read = _TICKET.fullmatch(text)
        if not read or not hmac.compare_digest(self._mac(text.rpartition(".")[0]), read[6]):
            return None
        name = base64.urlsafe_b64decode(read[5] + "=" * (-len(read[5]) % 4)).decode(errors="replace")
        ticket = Ticket(read[1], read[2] == "h", name, int(read[3], 16), int(read[4], 16))
        return ticket if now <= ticket.until else None

    def _key(self, meeting: Meeting, host: bool) -> str:
        return self._seal.digest(_LINKS, f"{meeting.account} {meeting.id} {meeting.links} {host}")[:_KEY_DIGITS]

    def _mac(self, said: str) -> str:
        return self._seal.digest(_TICKETS, said)[:_MAC_DIGITS]
