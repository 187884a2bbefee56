"""How many calls a second campaigns begin: each its own pace, and those of an account together that of the account."""

from sqlalchemy import Connection

from engine.features.campaigns.model import Campaign
from engine.features.campaigns.store import campaigns

LEAST_SECONDS = 0.25
"""Between two looks at a campaign that waits for its pace."""
MADE_UP_SECONDS = 2.0
"""A look that is late makes up for so many seconds."""
QUICK_SECONDS = 0.5
"""From one call to the next, at most, of a pace of which several calls may begin at once."""
BELOW = 0.9
"""An account's campaigns begin so many times as many calls a second as it may: its other calls have room."""


def per_second(campaign: Campaign, of_account: float) -> float:
    """Return how many calls a second a campaign begins that is the only one of an account that may begin so many."""
    own = campaign.options.per_second
    return own if campaign.kind == "text" else min(own, BELOW * of_account)


class Pace:
    """The pace of one look at a campaign; of calls, also that of its account, whose campaigns take turns."""

    def __init__(self, conn: Connection, campaign: Campaign, of_account: float, now: float) -> None:
        self._campaign, self._now = campaign, now
        self._own = _Pace(campaign.options.per_second, campaigns.next_call(conn, campaign.id), now)
        self._shared: _Pace | None = None
        if campaign.kind == "voice":
            self._shared = _Pace(BELOW * of_account, campaigns.next_call_of_account(conn, campaign.account), now)

    @property
    def free(self) -> bool:
        """Whether a call may begin now."""
        return self.next <= self._now

    @property
    def next(self) -> float:
        """From when the next call may begin."""
        return max(self._own.next, self._shared.next) if self._shared else self._own.next

    def take(self) -> None:
        """Note that a call begins."""
        self._own.take()
        if self._shared:
            self._shared.take()

    def store(self, conn: Connection) -> None:
        """Write down what was taken."""
        campaigns.change(conn, self._campaign.id, next_call=self._own.next)
        if self._shared:
            campaigns.put_next_call_of_account(conn, self._campaign.account, self._shared.next)


def begin(conn: Connection, campaign: Campaign, now: float) -> None:
    """Let the paces count from now on: what was not called before is not made up, and what a slower pace put off before
    the options were changed begins at the pace that they set.
    """
    soon = min(campaigns.next_call(conn, campaign.id), now + 1 / campaign.options.per_second)
    campaigns.change(conn, campaign.id, next_call=max(now, soon))
    if campaigns.next_call_of_account(conn, campaign.account) < now:
        campaigns.put_next_call_of_account(conn, campaign.account, now)


class _Pace:
    """So many a second, also if looks come late: what was missed is made up, but for no more than two seconds, and of a
    slow pace never by two calls at once where one look would have done.
    """

    def __init__(self, per_second: float, next_call: float, now: float) -> None:
        self._each = 1 / per_second
        missed = MADE_UP_SECONDS if self._each <= QUICK_SECONDS else min(2 * LEAST_SECONDS, 0.9 * self._each)
        self.next = max(next_call, now - missed)

    def take(self) -> None:
        self.next += self._each
