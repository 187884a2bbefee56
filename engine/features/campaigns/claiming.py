"""One look at a campaign: who is called now. It is one transaction, so that nobody is called twice.

A contact that is claimed has its call's id from then on. If the controller ends before it placed the call, the next one
finds that there is none, and puts the contact back.
"""

import math
from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.campaigns import hours, moves, pace, rivals
from engine.features.campaigns.around import Around
from engine.features.campaigns.contact import Status
from engine.features.campaigns.model import Campaign, State
from engine.features.campaigns.pace import LEAST_SECONDS, Pace
from engine.features.campaigns.purse import AGAIN_SECONDS, SHORT, Purse
from engine.features.campaigns.store import campaigns, contacts, do_not_call
from engine.features.campaigns.store.contacts import Row
from engine.features.campaigns.trunk_turns import Turns
from engine.ids import new_id

LOOKED_AT = 100
"""Contacts that are looked at in one transaction."""
LONGEST_SECONDS = 5.0
"""Between two looks at a campaign that waits for a place, if nobody says that one is free."""
DO_NOT_CALL = "do_not_call"
SPENT = "The account's money does not cover a call or a text to any contact that waits."


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
    found = _Looking(conn, campaign, now, around)
    claimed = found.claim_all()
    if not claimed and moves.end_if_done(conn, campaign, now):
        return Look(campaigns.get(conn, id), [], None)
    if not claimed and not found.active and contacts.all_wait_because(conn, id, SHORT):
        moves.pause(conn, campaign, SPENT, now)
        return Look(campaigns.get(conn, id), [], None)
    again = found.again()
    moves.wake(conn, campaign, again)
    return Look(campaign, claimed, again)


class _Looking:
    """One look: takes contacts in the order of their turns until places, pace or money are used up."""

    def __init__(self, conn: Connection, campaign: Campaign, now: float, around: Around) -> None:
        self._conn, self._campaign, self._now = conn, campaign, now
        self.active = contacts.active(conn, campaign.id)
        self._pace = Pace(conn, campaign, around.per_second(campaign.account), now)
        self._turns = Turns(conn, campaign, now, around)
        self._purse = Purse(conn, campaign, now, around)
        self._room = _room(conn, campaign, now, around, self)
        self._waits: float | None = None  # for what holds up everybody
        self._more = False

    @property
    def blocked(self) -> dict[str, float]:
        """The trunks that take no calls now (engine.features.campaigns.trunk_turns.Turns)."""
        return self._turns.blocked

    def claim_all(self) -> list[Row]:
        """Claim, skip or put off each contact whose turn it is, as far as that goes."""
        conn, claimed = self._conn, list[Row]()
        seen = contacts.due(conn, self._campaign.id, self._now, LOOKED_AT, but=self.blocked)
        for row in seen:
            opens = hours.opens(row.number, self._campaign.options, self._now)
            if reason := _never(conn, self._campaign, row, opens):
                moves.skip(conn, self._campaign, row, reason, self._now)
            elif opens != self._now:
                contacts.change(conn, row, due=opens, reason="" if row.reason == SHORT else row.reason)
            elif (wait := self._held_up(row, len(claimed))) is not None:
                self._waits = wait
                break
            else:
                claimed += self._claim(row)
        self._more = len(seen) == LOOKED_AT and self._waits is None
        if claimed:
            campaigns.hold_less(conn, self._campaign, len(claimed))
            self._pace.store(conn)
        return claimed

    def again(self) -> float:
        """Return when to look again."""
        now, turn = self._now, self._turns.wait()
        if self._waits is not None:
            return (
                max(self._waits, now + LEAST_SECONDS)
                + rivals.place_of(self._conn, self._campaign) * rivals.ORDER_SECONDS
            )
        if self._more:
            return now
        due = contacts.next_due(self._conn, self._campaign.id, but=self.blocked)
        times = [at for at in (turn, due) if at is not None]
        return max(min(times, default=now + LONGEST_SECONDS), now + LEAST_SECONDS)

    def _held_up(self, row: Row, claimed: int) -> float | None:
        """Return until when nobody can be called; None: this contact may be."""
        if self._room <= claimed:
            return self._now + LONGEST_SECONDS
        if not self._pace.free:
            return self._pace.next
        if (self.active or claimed) and not self._purse.pays(row):  # calls that are up may leave some of their money
            return self._now + LONGEST_SECONDS
        return None

    def _claim(self, row: Row) -> list[Row]:
        """Claim a contact, unless it waits for its trunk or for money."""
        id = new_id("call" if self._campaign.kind == "voice" else "message")
        turn = self._turns.of(row, id)
        if not turn.now:
            if row.trunk != turn.trunk:
                contacts.change(self._conn, row, trunk=turn.trunk)
            return []
        if not self._purse.pays(row):
            contacts.change(self._conn, row, due=self._now + AGAIN_SECONDS, reason=SHORT)
            return []
        fields = {"call": id, "trunk": turn.trunk, "called": self._now, "attempts": row.attempts + 1, "reason": ""}
        row = contacts.change(self._conn, row, status=Status.ACTIVE, due=None, **fields)
        self._pace.take()
        self._purse.spend(row)
        self._turns.took(turn.trunk, id)
        return [row]


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


def _room(conn: Connection, campaign: Campaign, now: float, around: Around, looking: _Looking) -> int:
    """Return how many more calls a campaign may have. For those of its account that go before it, so much is kept as
    they want and their pace lets them take before they look again.
    """
    own = campaign.options.at_once - looking.active
    if campaign.kind == "text":
        return own
    left = around.at_once(campaign.account) - looking.active
    for rival in campaigns.rivals(conn, campaign.account):
        if rival.id == campaign.id or rival.kind == "text":
            continue
        busy = contacts.active(conn, rival.id)
        left -= busy
        if rival.options.priority > campaign.options.priority:
            takes = math.ceil(pace.per_second(rival, around.per_second(campaign.account)) * 2 * LEAST_SECONDS)
            most = min(takes, rival.options.at_once - busy)
            left -= contacts.count_due(conn, rival.id, now, most=most, but=looking.blocked)
    return min(own, left)
