"""Whose calls a trunk takes that campaigns may not fill: the accounts that wait for it take turns."""

from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.campaigns.around import Around
from engine.features.campaigns.model import Campaign
from engine.features.campaigns.store import contacts, trunks
from engine.features.campaigns.store.contacts import Row
from engine.features.campaigns.store.trunks import Limit
from engine.features.campaigns.trunk_outages import OFFLINE_SECONDS
from engine.features.campaigns.trunk_queues import AGAIN_SECONDS


class Turn(NamedTuple):
    """Whether a trunk takes a call now, and which one; None: trunks are not limited."""

    now: bool
    trunk: str | None = None


class Turns:
    """The turns of one look at a campaign. `blocked` are the trunks that take none of its calls now, each with when it
    is looked at again. An account whose turn it is leaves the queue if contacts of this campaign wait for
    the trunk, whether one is called or not.
    """

    def __init__(self, conn: Connection, campaign: Campaign, now: float, around: Around) -> None:
        self._conn, self._campaign, self._now, self._around = conn, campaign, now, around
        voice = campaign.kind == "voice"
        self._limits = trunks.all(conn) if voice else {}
        self._chosen = voice and bool(self._limits or around.outages)
        self.blocked: dict[str, float] = around.outages.blocked(now) if voice else {}
        for trunk in self._limits.keys() - self.blocked.keys():
            if not self._block(trunk) and contacts.waits_for(conn, campaign.id, trunk, now):
                around.queues.leave(trunk, campaign.account)

    def of(self, row: Row, call: str) -> Turn:
        """Return whether the trunk that would carry a call takes one now; of equal trunks the call's id decides."""
        if not self._chosen:
            return Turn(True)
        trunk = self._around.trunk_of(self._campaign.account, row.number, call)
        return Turn(trunk not in self.blocked, trunk)

    def took(self, trunk: str | None, call: str) -> None:
        """Note that a contact was claimed whose call this trunk carries."""
        if trunk is not None and self._around.outages.trying(trunk, call, self._now):
            self.blocked[trunk] = self._now + OFFLINE_SECONDS
        if trunk in self._limits:
            self._limits[trunk] = trunks.take(self._conn, self._limits[trunk], self._now)
            self._block(trunk)

    def wait(self) -> float | None:
        """Join the queues of the trunks for which contacts wait; return when to look again (None: none waits)."""
        times: list[float] = []
        for trunk, at in self.blocked.items():
            if contacts.waits_for(self._conn, self._campaign.id, trunk, self._now):
                if trunk in self._limits:
                    self._around.queues.join(trunk, self._campaign.account, self._now)
                times.append(at)
        return min(times, default=None)

    def _block(self, trunk: str) -> bool:
        """Note whether a trunk takes none of the account's calls now."""
        at = self._opens(self._limits[trunk])
        if at > self._now:
            self.blocked[trunk] = max(at, self.blocked.get(trunk, at))
        return at > self._now

    def _opens(self, limit: Limit) -> float:
        """Return from when a trunk takes a call of this account: now, or when it is looked at again."""
        ahead = self._around.queues.ahead(limit.trunk, self._campaign.account, self._now)
        if limit.at_once is not None and limit.at_once - trunks.active(self._conn, limit.trunk) <= ahead:
            return self._now + AGAIN_SECONDS
        if limit.per_second is None:
            return self._now
        due = trunks.due(limit, self._now)
        return self._now + AGAIN_SECONDS if ahead and due <= self._now else due
