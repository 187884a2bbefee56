"""What a campaign has for its contacts: what its account has left, and what is held for the campaign."""

from sqlalchemy import Connection

from engine.features.campaigns.around import Around
from engine.features.campaigns.model import Campaign
from engine.features.campaigns.store import campaigns
from engine.features.campaigns.store.contacts import Row
from engine.platform import holds

SHORT = "credit_spent"
"""Why a contact waits whose call the account's money does not cover."""
AGAIN_SECONDS = 60.0
"""Until such a contact is looked at again."""


class Purse:
    """The money at one look. A call may use all that is held for its campaign, a text the share of its own contact."""

    def __init__(self, conn: Connection, campaign: Campaign, now: float, around: Around) -> None:
        self._campaign, self._around = campaign, around
        funds = holds.funds(conn, campaign.account, now)
        held = holds.get(conn, campaigns.purpose(campaign.id))
        self._left = funds.left if funds else None
        self._held = held.amount if held else 0

    def pays(self, row: Row) -> bool:
        """Whether a contact can be called or texted; also where nothing limits the account."""
        if self._left is None:
            return True
        share = self._held if self._campaign.kind == "voice" else min(self._held, self._campaign.held_each)
        return self._around.price(self._campaign, row) <= self._left + share

    def spend(self, row: Row) -> None:
        """Take out what a contact costs."""
        if self._left is not None:
            share = min(self._held, self._campaign.held_each)
            self._held -= share
            self._left += share - self._around.price(self._campaign, row)
