"""What is done with campaigns: made, changed, filled with contacts, planned, started, paused and stopped."""

from collections.abc import AsyncIterator, Sequence

from engine.features.campaigns.model import (
    Added,
    Campaign,
    CampaignChange,
    Contact,
    ContactChange,
    Counts,
    NewCampaign,
    NewContact,
    Plan,
    Start,
    Started,
    Status,
)
from engine.platform.audit import Actor


class CampaignService:
    """The campaigns of accounts.

    Every method that takes an account takes its id (None: of any account), and raises NotThere where the account has no
    such campaign or contact. A campaign is named by its id.
    """

    async def create(self, by: Actor, account: str, wanted: NewCampaign) -> Campaign:
        """Make a campaign, a draft without contacts; raises InvalidSetting."""
        raise NotImplementedError

    async def update(self, by: Actor, account: str, campaign: str, change: CampaignChange) -> Campaign:
        """Change a campaign; raises InvalidSetting, StillUsed where it is scheduled, running or paused."""
        raise NotImplementedError

    async def remove(self, by: Actor, account: str, campaign: str) -> Campaign:
        """Remove a campaign with its contacts; raises StillUsed where it is scheduled, running or paused."""
        raise NotImplementedError

    async def get(self, account: str | None, campaign: str) -> Campaign:
        """Return a campaign."""
        raise NotImplementedError

    async def by_serial(self, account: str, serial: int) -> Campaign:
        """Return a campaign by its serial number."""
        raise NotImplementedError

    async def count(self, account: str) -> int:
        """Return how many campaigns an account has."""
        raise NotImplementedError

    async def page(
        self, account: str | None, *, limit: int = 100, before: str | None = None, offset: int = 0
    ) -> list[Campaign]:
        """Return campaigns, newest first. `before` is the last id of the page before; `offset` passes over so many,
        for APIs whose pages are numbered.
        """
        raise NotImplementedError

    async def counts(self, account: str | None, campaign: str) -> Counts:
        """Return how many contacts a campaign has of each status, and what they cost."""
        raise NotImplementedError

    # Contacts

    async def add_contacts(self, by: Actor, account: str, campaign: str, contacts: Sequence[NewContact]) -> Added:
        """Add contacts to a campaign, at most 10,000 at once; bad ones are left out and reported.

        A number that the campaign has already is not added again. Raises StillUsed where it is scheduled, running or
        paused, LimitReached where it would have too many.
        """
        raise NotImplementedError

    async def contact(self, account: str, id: int) -> Contact:
        """Return a contact of any campaign of an account."""
        raise NotImplementedError

    async def change_contact(self, by: Actor, account: str, id: int, change: ContactChange) -> Contact:
        """Change a contact; raises InvalidNumber, InvalidSetting, AlreadyThere, StillUsed as `add_contacts`."""
        raise NotImplementedError

    async def remove_contact(self, by: Actor, account: str, id: int) -> Contact:
        """Remove a contact; raises StillUsed where its campaign is scheduled, running or paused."""
        raise NotImplementedError

    async def contacts(
        self,
        account: str | None,
        campaign: str,
        *,
        limit: int = 100,
        after: int = 0,
        statuses: tuple[Status, ...] = (),
    ) -> list[Contact]:
        """Return a campaign's contacts in the order of their ids; those `after` an id, and of these statuses (none:
        of all).
        """
        raise NotImplementedError

    def report(self, account: str, campaign: str) -> AsyncIterator[Contact]:
        """Return all contacts of a campaign, page by page: the rows of its report."""
        raise NotImplementedError

    # Going

    async def plan(self, account: str, campaign: str, start: Start = Start()) -> Plan:
        """Say what a start would do; nothing is dialled and nothing is held. Raises what `start` raises, but money."""
        raise NotImplementedError

    async def start(self, by: Actor, account: str, campaign: str, start: Start = Start()) -> Started:
        """Start a campaign, or schedule it; of two starts at once one is refused.

        Raises InvalidSetting (a time that has passed, no message, nobody to call), UnknownTag (a tag of the message
        that a contact has not: which, and in which line), StillUsed where it is scheduled, running or paused,
        NumberRefused and CallerRefused, CreditSpent, EngineUnavailable.
        """
        raise NotImplementedError

    async def pause(self, by: Actor, account: str, campaign: str) -> Campaign:
        """Begin no more calls; those that are up go on. Raises WrongState where it is not running."""
        raise NotImplementedError

    async def resume(self, by: Actor, account: str, campaign: str) -> Campaign:
        """Go on with a campaign that is paused; raises WrongState for any other."""
        raise NotImplementedError

    async def stop(self, by: Actor, account: str, campaign: str) -> Campaign:
        """End a campaign now: its calls are hung up, and nobody else is called. What is scheduled is taken back.

        Raises WrongState where it is not scheduled, running or paused.
        """
        raise NotImplementedError
