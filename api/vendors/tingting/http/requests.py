"""TingTing's requests, read as its document means them."""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from api.vendors.tingting.errors import Invalid
from api.vendors.tingting.fields import Fields, UploadedFile
from api.vendors.tingting.http.voices import LOCALE, VOICES, voice
from api.vendors.tingting.ids import DIALECT, ZONE
from engine.features.accounts import Account
from engine.features.campaigns.choosing import HIGHEST_ID, MOST_IDS
from engine.features.campaigns.contact import NewContact, Status
from engine.features.campaigns.model import Kind, Message, Start
from engine.features.errors import InvalidNumber
from engine.features.numbers.phone_numbers import normalise

MOST_PAGE = 1000
SERVICES: dict[str, Kind] = {"PHONE": "voice", "SMS": "text"}
RERUN = {
    "hungup": (Status.HUNG_UP,),
    "unanswered": (Status.UNANSWERED, Status.BUSY, Status.MACHINE),
    "failed": (Status.FAILED, Status.SKIPPED),
    "terminated": (Status.TERMINATED,),
    "completed": (Status.COMPLETED,),
    "not started": (Status.NEW,),
}
"""Which contacts a status stands for; the last one is the newer API's."""
SHORTEST, LONGEST = 0.5, 2.0
"""The length factors that are taken."""
MOST_TAGS, LONGEST_TAG = 50, 200
MOST_FAULTS = 100
"""How many faulty numbers or lines an answer lists."""
_AT_ONCE = 50
"""Numbers that are read before other requests have their turn."""
_BLANKS = re.compile(r"\s+")


class Page(NamedTuple):
    """A page of a list, counted from 1."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many entries are before it."""
        return (self.number - 1) * self.size

    def pagination(self, total: int) -> dict[str, Any]:
        """Return what the document says of a page of so many entries."""
        pages = max(1, ceil(total / self.size))
        return {
            "total_items": total,
            "total_pages": pages,
            "page_number": self.number,
            "has_next": self.number < pages,
            "has_previous": self.number > 1,
            "links": [],
        }


def page(fields: Fields, size: int) -> Page:
    """Return the page that is asked for, by `page` and `page_size`; its size is `size` where nothing is said."""
    number, wanted = fields.whole("page", "page_number"), fields.whole("page_size", "limit")
    number, wanted = 1 if number is None else number, size if wanted is None else wanted
    if not 1 <= number <= 1_000_000:
        raise Invalid(f"page must be 1 or more (got {number}).")
    if not 1 <= wanted <= MOST_PAGE:
        raise Invalid(f"page_size must be 1 to {MOST_PAGE} (got {wanted}).")
    return Page(number, wanted)


def kind(fields: Fields) -> Kind | None:
    """Return how a campaign reaches its contacts; None where nothing is said."""
    text = fields.text_or_none("services", "service")
    if text is None:
        return None
    if text.upper() not in SERVICES:
        raise Invalid(f"services must be {' or '.join(SERVICES)} (got {text[:40]!r}).")
    return SERVICES[text.upper()]


async def numbers(fields: Fields, country: str) -> list[NewContact]:
    """Return the numbers of an individual campaign; raises Invalid, which names the first of those that are none."""
    written = fields.items("individual_number", "individual_numbers")
    faults: list[str] = []
    for index, each in enumerate(written, 1):
        if fault := _fault(index, each, country):
            faults.append(fault)
        if index % _AT_ONCE == 0:
            await asyncio.sleep(0)
    if faults:
        sentence = f"individual_number has {len(faults)} that cannot be called: nothing was added."
        raise Invalid(sentence, faults[:MOST_FAULTS])
    return [NewContact(number=each, line=index) for index, each in enumerate(written, 1)]


def _fault(index: int, written: str, country: str) -> str | None:
    try:
        normalise(written, country)
    except InvalidNumber as error:
        return f"individual_number, entry {index} ({written[:40]}): {error}"
    return None


def contact_number(fields: Fields, country: str) -> str | None:
    """Return an optional phone number, as it was written."""
    written = fields.text_or_none("number", most=40)
    if written is None:
        return None
    try:
        normalise(written, country)
    except InvalidNumber as error:
        raise Invalid(f"number is not a phone number. {error}") from None
    return written


def tags(fields: Fields, *names: str, usable: Sequence[str] = ()) -> dict[str, str] | None:
    """Return the tags of a number by name; None where none are given.

    `usable`: those that the campaign's numbers have; where there are any, another one is refused.
    """
    given = fields.mapping(*names)
    if given is None:
        return None
    if len(given) > MOST_TAGS:
        raise Invalid(f"{names[0]} must have at most {MOST_TAGS} tags (got {len(given)}).")
    inner = Fields(given)
    found = {name: inner.text_or_none(name, most=LONGEST_TAG) or "" for name in given}
    for name in found:
        if usable and name not in usable:
            raise Invalid(f"{names[0]}: {name[:40]} is not one of the campaign's usable_tags ({', '.join(usable)}).")
    return found


def message(fields: Fields, had: Message, audio: str | None) -> Message | None:
    """Return what a campaign is to play or send from now on; None: as before.

    `audio` is the source of a new audio file. A campaign that has both a message and an audio plays what is new, or
    what `priority` says; without either it is asked for (as the document has it).
    """
    text, chosen, factor = fields.text_or_none("message"), voice(fields), length_factor(fields)
    priority = (fields.text_or_none("priority") or "").lower()
    if priority and priority not in ("message", "text", "audio"):
        raise Invalid(f"priority must be message or audio (got {priority[:40]!r}).")
    if not priority and (text is None) == (audio is None) and (text or had.text) and (audio or had.audio):
        raise Invalid("priority is missing: the campaign has a message and an audio. Say message or audio.")
    changed = Message(
        text=had.text if text is None else text,
        audio=had.audio if audio is None else audio,
        priority="audio" if priority == "audio" or (not priority and _is_audio(text, audio, had)) else "text",
        locale=LOCALE,
        voice=chosen.ours if chosen else (had.voice or VOICES[0].ours),
        speed=round(1 / factor, 6) if factor else had.speed,
    )
    return None if changed == had else changed


def _is_audio(text: str | None, audio: str | None, had: Message) -> bool:
    return audio is not None or (text is None and bool(had.audio) and not had.text)


def length_factor(fields: Fields) -> float | None:
    """Return how many times as long as usual a text is spoken; None where nothing is said."""
    factor = fields.decimal("length_factor", "lengthFactor")
    if factor is not None and not SHORTEST <= factor <= LONGEST:
        raise Invalid(f"length_factor must be {SHORTEST:g} to {LONGEST:g}, such as 1.4 (got {factor:g}).")
    return factor


def start(fields: Fields, account: Account, changed: Message | None, clock: Callable[[], float]) -> Start:
    """Return whom a request to begin a campaign chooses, and when."""
    chosen = fields.items("individual", "individuals")
    statuses = rerun(fields, "status")
    if chosen and statuses:
        raise Invalid("individual and status must not be given together.")
    wrong = next((each for each in chosen if not (each.isascii() and each.isdigit() and len(each) < 16)), None)
    if wrong is not None:
        raise Invalid(f"individual must list the ids of the campaign's numbers (got {wrong[:40]!r}).")
    if len(chosen) > MOST_IDS:
        raise Invalid(f"individual must list at most {MOST_IDS} ids (got {len(chosen)}).")
    ids = tuple(map(int, chosen))
    if (beyond := next((id for id in ids if not 1 <= id <= HIGHEST_ID), None)) is not None:
        raise Invalid(f"individual must list ids from 1 to {HIGHEST_ID} (got {beyond}).")
    at = moment(fields, "schedule_date", account, clock)
    return Start(statuses=statuses, contacts=ids, at=at, message=changed)


def rerun(fields: Fields, name: str) -> tuple[Status, ...]:
    """Return the statuses of the numbers that a campaign is begun for again; none: those that are new."""
    found: dict[Status, None] = {}
    for word in fields.items(name):
        known = RERUN.get(_BLANKS.sub(" ", word.lower().replace("_", " ")))
        if known is None:
            raise Invalid(f"{name} must be of {', '.join(RERUN)} (got {word[:40]!r}).")
        found |= dict.fromkeys(known)
    return tuple(found)


def moment(fields: Fields, name: str, account: Account, clock: Callable[[], float]) -> float | None:
    """Return a date and a time to come (Unix seconds); without an offset it is that of the account's zone."""
    text = fields.text_or_none(name, most=40)
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{name} must be a date and a time such as 2030-05-09T17:07 (got {text!r}).") from None
    zone = account.settings.get(DIALECT, {}).get("zone", ZONE[0])
    at = (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).timestamp()
    if at <= clock():
        raise Invalid(f"{name} must be a time to come (got {text}, in {zone} where it has no offset).")
    return at


def name_of(fields: Fields) -> str | None:
    """Return a campaign's name; None where nothing is said."""
    return fields.text_or_none("name", most=200)


def sheet(fields: Fields, *names: str) -> UploadedFile | str | None:
    """Return a file of numbers: one that came with the request, or what names one; None where there is none."""
    return fields.file(*names) or fields.text_or_none(*names)
