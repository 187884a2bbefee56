"""Links and tickets of meetings: what opens one, and what does not."""

import secrets

import pytest

from engine.features.meetings.links import GOOD_SECONDS, MeetingLinks, Ticket, guest_name
from engine.features.meetings.model import LONGEST_GUEST, Meeting
from engine.tasks.secret import Seal

LINKS = MeetingLinks(Seal("the installation's secret"))
MOST_OF_ASTERISK = 79
"""Characters of an extension: AST_MAX_EXTENSION is 80, with the zero at its end."""


def meeting(**fields: object) -> Meeting:
    """A meeting."""
    known = {"id": "214824405", "account": "account-1", "room": "room-1", "owner": None, "starts": None}
    return Meeting(**{**known, "ends": None, "created": 0.0, **fields})  # type: ignore[arg-type]


def test_each_link_opens_its_meeting_as_what_it_is_and_no_other() -> None:
    guest, host = (LINKS.link(meeting(), host=host) for host in (False, True))
    assert guest != host
    assert (LINKS.opened(meeting(), guest), LINKS.opened(meeting(), host)) == (False, True)
    assert LINKS.meeting_of(guest) == LINKS.meeting_of(host) == "214824405"
    for other in (meeting(links=1), meeting(account="account-2"), meeting(id="214824406")):
        assert LINKS.opened(other, guest) is None and LINKS.opened(other, host) is None
    assert MeetingLinks(Seal("another secret")).opened(meeting(), host) is None


@pytest.mark.parametrize("link", ["", "214824405", "214824405-", "x", "214824405-" + "g" * 20, "٢14824405-" + "a" * 20])
def test_what_is_no_link_opens_nothing(link: str) -> None:
    assert LINKS.meeting_of(link) is None
    assert LINKS.opened(meeting(), link) is None


@pytest.mark.parametrize("name", ["", "Anna", "Änna Müller", "王小明", "a" * LONGEST_GUEST, "🙂🙂🙂"])
def test_a_ticket_is_read_as_it_was_made_and_fits_into_an_extension(name: str) -> None:
    ticket = Ticket("214824405", True, guest_name(name), 1_900_000_000)
    text = LINKS.ticket(ticket)
    assert len(text) <= MOST_OF_ASTERISK and text[0].isdigit() and "," not in text and text.isascii()
    assert LINKS.read(text, 1_900_000_000.0) == ticket
    assert LINKS.read(text, 1_900_000_001.0) is None, "its time is over"
    assert {LINKS.ticket(ticket) for _ in range(3)} != {text}, "each is good for one call"


def test_a_ticket_is_of_its_meeting_and_of_its_links_alone() -> None:
    ticket = Ticket("214824405", False, "Anna", 1_900_000_000, links=1)
    read = LINKS.read(LINKS.ticket(ticket), 1_900_000_000.0)
    assert read == ticket and read.is_of(meeting(links=1)) and read.is_of(meeting(links=257))
    assert not read.is_of(meeting(links=2)) and not read.is_of(meeting(id="214824406", links=1))


def test_a_ticket_that_was_changed_is_none() -> None:
    text = LINKS.ticket(Ticket("214824405", False, "Anna", 1_900_000_000))
    now = 1_900_000_000.0 - GOOD_SECONDS
    assert LINKS.read(text, now)
    for place in range(len(text)):
        other = secrets.choice([one for one in "0123456789abcdef" if one != text[place]])
        assert LINKS.read(text[:place] + other + text[place + 1 :], now) is None, place
    assert MeetingLinks(Seal("another secret")).read(text, now) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Anna \n Lee ", "Anna Lee"),
        ("A\x00\x07B", "A B"),
        ("ä" * 40, "ä" * 12),
        ("🙂" * 9, "🙂" * 6),
        ("\u202eevil", "evil"),
    ],
)
def test_a_guest_s_name_is_printable_and_cut_between_characters(given: str, kept: str) -> None:
    assert guest_name(given) == kept
