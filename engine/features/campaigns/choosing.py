"""Whom a start would call, and whether it could: read and checked before anything is changed."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from engine.commands import NumberRefused
from engine.features.campaigns import forecast, pricing, rendering, rules, template
from engine.features.campaigns.contact import RERUN, Status
from engine.features.campaigns.core import Core, found
from engine.features.campaigns.errors import UnknownTag
from engine.features.campaigns.forecast import Expected, Past
from engine.features.campaigns.model import Campaign, Message, Start
from engine.features.campaigns.store import contacts
from engine.features.campaigns.store.contacts import Row
from engine.features.errors import InvalidSetting, NotThere
from engine.media.errors import PromptError

MOST_IDS = 10_000
HIGHEST_ID = 2**31 - 1
LONGEST_AHEAD = 366 * 86_400.0
BETWEEN = 200
"""Prices that are looked up before others get their turn."""
TEXT_SECONDS = 1.0
"""For how long a text is under way, about."""


class Chosen(NamedTuple):
    """The contacts of a start, its message, and how long that is (seconds; 0 of texts)."""

    campaign: Campaign
    message: Message
    rows: list[Row]
    seconds: float

    @property
    def heard_seconds(self) -> float:
        """From the answer to our hanging up, if nobody hangs up before."""
        return self.seconds + self.campaign.options.seconds_for_keys

    @property
    def call_seconds(self) -> float:
        """For how long such a call is answered; 0 of texts."""
        return self.heard_seconds + forecast.HANG_UP_SECONDS if self.campaign.kind == "voice" else 0.0


class Choosing(Core):
    """The part of the service that reads what a start is about."""

    async def choose(self, account: str, campaign: str, start: Start) -> Chosen:
        """Return what a start would do; raises InvalidSetting, UnknownTag, NotThere, CallerRefused."""
        now = self._clock()
        if start.at is not None and not now < start.at <= now + LONGEST_AHEAD:
            raise InvalidSetting(
                f"at must be a time to come, within {LONGEST_AHEAD / 86400:g} days (got {start.at:.15g})."
            )
        statuses = _statuses(start)
        ids = _ids(start)

        def read(conn: Connection) -> tuple[Campaign, list[Row]]:
            there = found(conn, account, campaign)
            wanted = (Status.QUEUED, Status.RETRY) if there.state.busy else statuses
            return there, contacts.chosen(conn, there.id, wanted, ids)

        there, rows = await self._db.read(read)
        message = rules.checked_message(start.message or there.message)
        rules.refuse_unsendable(message, there.kind)
        _refuse_empty(rows, ids, statuses)
        _refuse_unknown_tags(message, rows, spoken=there.kind == "text" or message.spoken)
        if there.kind == "voice":
            self._refuse_caller(account, there, rows[0])
        return Chosen(there, message, rows, await self._seconds(there, message, rows[0]))

    async def prices(self, chosen: Chosen, expect: Expected) -> list[int]:
        """Return what each contact costs, once, as it is expected to go."""
        campaign, seconds = chosen.campaign, expected_seconds(expect)
        found: list[int] = []
        for place, row in enumerate(chosen.rows):
            if place % BETWEEN == BETWEEN - 1:
                await asyncio.sleep(0)
            found.append(self.price(campaign, row, chosen.message, seconds))
        return found

    def price(self, campaign: Campaign, row: Row, message: Message, seconds: float) -> int:
        """Return what one call of so many seconds costs, or one text."""
        return pricing.price(self._prices, campaign, row, message, seconds)

    async def expected(self, chosen: Chosen) -> Expected:
        """Return how attempts are expected to end: as earlier ones of the campaign did, or of the account."""
        campaign = chosen.campaign
        if campaign.kind == "text":
            return Expected(
                shares={Status.COMPLETED: 1.0},
                seconds={Status.COMPLETED: TEXT_SECONDS},
                answered={Status.COMPLETED: 0.0},
            )
        past: dict[Status, Past] = {}
        for of in (campaign.id, None):
            rows = await self._db.read(lambda conn: contacts.past(conn, campaign.account, of))  # noqa: B023
            past = {status: Past(count, seconds, answered) for status, count, seconds, answered in rows}
            if sum(one.attempts for one in past.values()) >= forecast.FEWEST:
                break
        return forecast.expected(past, chosen.heard_seconds)

    async def _seconds(self, campaign: Campaign, message: Message, row: Row) -> float:
        """Return how long the message is for the first contact; raises InvalidSetting if it cannot be played."""
        if campaign.kind == "text":
            return 0.0
        try:
            task = rendering.task_of(message, row.tags)
            prompt = await rendering.prepared(task, self._prepare(campaign.account))
        except PromptError as error:
            raise InvalidSetting(f"The message cannot be played: {error}") from error
        return prompt.seconds

    def _refuse_caller(self, account: str, campaign: Campaign, row: Row) -> None:
        try:
            self._check(account, row.number, campaign.options.caller)
        except NumberRefused:
            return  # it is skipped then; the caller is looked at again when the next one is called


def expected_seconds(expect: Expected) -> float:
    """Return how long a call is answered, on an average."""
    return sum(share * expect.answered[status] for status, share in expect.shares.items())


def _ids(start: Start) -> tuple[int, ...]:
    if len(start.contacts) > MOST_IDS:
        raise InvalidSetting(f"contacts must be at most {MOST_IDS} ids (got {len(start.contacts)}).")
    for id in start.contacts:
        if not 1 <= id <= HIGHEST_ID:
            raise InvalidSetting(f"contacts must be ids from 1 to {HIGHEST_ID} (got {id}).")
    return tuple(dict.fromkeys(start.contacts))


def _statuses(start: Start) -> tuple[Status, ...]:
    for status in start.statuses:
        if status not in RERUN:
            raise InvalidSetting(
                f"statuses must be some of {', '.join(one.value for one in RERUN)} (got {status.value})."
            )
    if start.statuses:
        return start.statuses
    return RERUN if start.contacts else (Status.NEW,)


def _refuse_empty(rows: Sequence[Row], ids: Sequence[int], statuses: Sequence[Status]) -> None:
    there = {row.id for row in rows}
    if missing := [id for id in ids if id not in there]:
        raise NotThere(f"The campaign has no contact {missing[0]} that can be called.")
    if not rows:
        wanted = " or ".join(one.value for one in statuses)
        raise InvalidSetting(f"There is nobody to call: the campaign has no contact that is {wanted}.")


def _refuse_unknown_tags(message: Message, rows: Sequence[Row], *, spoken: bool) -> None:
    names = template.names(message.text) if spoken else ()
    for row in rows if names else ():
        if (name := template.missing(names, row.tags)) is not None:
            where = f" in line {row.line}" if row.line else ""
            raise UnknownTag(f"The text names the tag {name!r}, which the contact {row.number}{where} does not have.")
