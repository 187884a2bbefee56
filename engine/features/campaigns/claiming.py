"""One look at a campaign: who is called now. It is one transaction, so that nobody is called twice.

A contact that is claimed has its call's id from then on. If the controller ends before it placed the call, the next one
finds that there is none, and puts the contact back.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.campaigns import hours, moves
from engine.features.campaigns.model import Campaign, State, Status
from engine.features.campaigns.store import campaigns, contacts, do_not_call, trunks
from engine.features.campaigns.store.contacts import Row
from engine.ids import new_id

LOOKED_AT = 100
"""Contacts that are looked at in one transaction."""
LEAST_SECONDS, LONGEST_SECONDS = 0.25, 5.0
"""Between two looks at a campaign that waits for its pace; and for a place, if nobody says that one is free."""
DO_NOT_CALL = "do_not_call"


BELOW = 0.9
"""A campaign begins so many times as many calls a second as its account may: the account's other calls have room."""


class Around(NamedTuple):
    """What a campaign's account may have: calls at once, calls a second, and the trunk that would carry a number (None:
    none).
    """

    at_once: Callable[[str], int]
    per_second: Callable[[str], float]
    trunk_of: Callable[[str, str], str | None]


class Look(NamedTuple):
    """What a look brought: the campaign as it is, whom to call now, and when to look again (None: it is over)."""

    campaign: Campaign | None
    claimed: list[Row]
    again: float | None


def look(conn: Connection, id: str, now: float, around: Around) -> Look:
    """Claim those whose turn it is; write down when the next look is due."""
    campaign = campaigns.get(conn, id)
    if campaign is None or campaign.state is not State.RUNNING:
        return Look(campaign, [], None)
    pace = _Pace(per_second(campaign, around.per_second(campaign.account)), campaigns.next_call(conn, id), now)
    room = _room(conn, campaign, now, around)
    claimed: list[Row] = []
    seen = contacts.due(conn, id, now, LOOKED_AT)
    waits: float | None = None  # for whom there was no place
    for row in seen:
        opens = hours.opens(row.number, campaign.options, now)
        if reason := _never(conn, campaign, row, opens):
            moves.skip(conn, campaign, row, reason, now)
        elif opens != now:
            contacts.change(conn, row, due=opens)
        elif room <= len(claimed) or not pace.free:
            waits = now + LONGEST_SECONDS if room <= len(claimed) else pace.next
            break
        elif (turn := _turn(conn, campaign, row, now, around)).at > now:
            waits = min(waits or turn.at, turn.at)
        else:
            pace.take()
            claimed.append(_claim(conn, campaign, row, now, turn.trunk))
    if claimed:
        campaigns.hold_less(conn, campaign, len(claimed))
        campaigns.change(conn, id, next_call=pace.next)
    if not claimed and moves.end_if_done(conn, campaign, now):
        return Look(campaigns.get(conn, id), [], None)
    again = _again(conn, id, waits, now, more=len(seen) == LOOKED_AT)
    moves.wake(conn, campaign, again)
    return Look(campaign, claimed, again)


def per_second(campaign: Campaign, of_account: float) -> float:
    """Return how many calls a second a campaign begins whose account may begin so many."""
    own = campaign.options.per_second
    return own if campaign.kind == "text" else min(own, BELOW * of_account)


def barred(conn: Connection, row: Row, now: float) -> str | None:
    """Return why a contact that was claimed must not be called after all; None: it may."""
    campaign = campaigns.get(conn, row.campaign)
    if campaign is None or campaign.state is not State.RUNNING:
        return "The campaign does not run any more."
    opens = hours.opens(row.number, campaign.options, now)
    if reason := _never(conn, campaign, row, opens):
        return f"The number must not be called: {reason}."
    if opens != now:
        return "The number must not be called at this time."
    return None


def _never(conn: Connection, campaign: Campaign, row: Row, opens: float | None) -> str | None:
    """Return why a contact must never be called; None: it may be, at some time. `opens`: when its hours begin."""
    if do_not_call.has(conn, campaign.account, row.number):
        return DO_NOT_CALL
    return hours.why_never(row.number, campaign.options) if opens is None else None


def _claim(conn: Connection, campaign: Campaign, row: Row, now: float, trunk: str | None) -> Row:
    id = new_id("call" if campaign.kind == "voice" else "message")
    fields = {"call": id, "trunk": trunk, "called": now, "attempts": row.attempts + 1, "reason": ""}
    return contacts.change(conn, row, status=Status.ACTIVE, due=None, **fields)


def _room(conn: Connection, campaign: Campaign, now: float, around: Around) -> int:
    """Return how many more calls a campaign may have. For those of its account that go before it, so much is kept as
    they want and their pace lets them take before they look again.
    """
    active = contacts.active(conn, campaign.id)
    own = campaign.options.at_once - active
    if campaign.kind == "text":
        return own
    left = around.at_once(campaign.account) - active
    for rival in campaigns.rivals(conn, campaign.account):
        if rival.id == campaign.id or rival.kind == "text":
            continue
        busy = contacts.active(conn, rival.id)
        left -= busy
        if rival.options.priority > campaign.options.priority:
            takes = math.ceil(per_second(rival, around.per_second(campaign.account)) * 2 * LEAST_SECONDS)
            left -= contacts.count_due(conn, rival.id, now, most=min(takes, rival.options.at_once - busy))
    return min(own, left)


class _Turn(NamedTuple):
    """From when a trunk takes a call; None: no trunk is limited."""

    at: float
    trunk: str | None = None


def _turn(conn: Connection, campaign: Campaign, row: Row, now: float, around: Around) -> _Turn:
    """Take the turn of the trunk that carries a number, if that is now."""
    limits = trunks.all(conn) if campaign.kind == "voice" else {}
    trunk = around.trunk_of(campaign.account, row.number) if limits else None
    return _Turn(trunks.take(conn, limits[trunk], now), trunk) if trunk in limits else _Turn(now, trunk)


def _again(conn: Connection, id: str, waits: float | None, now: float, *, more: bool) -> float:
    if waits is not None:
        return max(waits, now + LEAST_SECONDS)
    if more:
        return now
    due = contacts.next_due(conn, id)
    return now + LONGEST_SECONDS if due is None else max(due, now + LEAST_SECONDS)


class _Pace:
    """So many a second, also if it is looked at less often: what was missed since the last look is made up, but for no
    more than half a second, and never by two calls at once where one look would have done.
    """

    def __init__(self, per_second: float, next_call: float, now: float) -> None:
        self._now, self._each = now, 1 / per_second
        missed = 2 * LEAST_SECONDS if self._each <= LEAST_SECONDS else min(2 * LEAST_SECONDS, 0.9 * self._each)
        self.next = max(next_call, now - missed)

    @property
    def free(self) -> bool:
        return self.next <= self._now

    def take(self) -> None:
        self.next += self._each
