"""The campaigns of an account that run at the same time, and which goes first."""

from sqlalchemy import Connection

from engine.features.campaigns.model import Campaign
from engine.features.campaigns.store import campaigns, contacts

ORDER_SECONDS = 0.001
"""Between two rows of due work, so that they are taken in order."""


def in_order(conn: Connection, account: str) -> list[Campaign]:
    """Return them by their priority; of equal ones, first the one that has the fewest calls, or called nobody for the
    longest time.
    """
    running = campaigns.rivals(conn, account)
    return sorted(running, key=lambda each: _order(conn, each)) if len(running) > 1 else running


def place_of(conn: Connection, campaign: Campaign) -> int:
    """Return how many of them go before a campaign."""
    return next((place for place, each in enumerate(in_order(conn, campaign.account)) if each.id == campaign.id), 0)


def _order(conn: Connection, campaign: Campaign) -> tuple[int, int, float]:
    return -campaign.options.priority, contacts.active(conn, campaign.id), campaigns.next_call(conn, campaign.id)
