"""TingTing's numbers of campaigns (its document calls them actions): listed, added, shown, changed, deleted."""

from aiohttp import web

from api.vendors.tingting.errors import Invalid
from api.vendors.tingting.http import requests, resources
from api.vendors.tingting.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tingting.http.resources import Shape
from engine.features.campaigns.contact import Added, Contact, ContactChange, NewContact
from engine.features.campaigns.model import Campaign
from engine.features.campaigns.service import CampaignService
from engine.features.errors import AlreadyThere

AT_ONCE = 1000
MOST = 10_000
"""How many numbers are listed at once; `page` and `page_size` in the query list others."""
TAGS = ("available_tags", "tags")


class ContactOperations:
    """The operations on the numbers of campaigns."""

    def __init__(self, campaigns: CampaignService) -> None:
        self._campaigns = campaigns

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        return {
            "GET /api/system/campaigns/number/{campaign}": self.list_all,
            "POST /api/system/campaigns/number/{campaign}": self.add,
            "DELETE /api/system/campaigns/number/{number}/delete": self.delete,
            "GET /api/system/number/{number}": self.show,
            "PUT /api/system/number/{number}": self.change,
        }

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List a campaign's numbers, the newest first."""
        campaign = await self._campaigns.by_serial(request.account.id, request.number("campaign"))
        found = await self._all(campaign)
        shown = [resources.number(request.account, campaign, each) for each in reversed(found)]
        said = f"Number related to {campaign.name} campaign Retrived successfully"
        return resources.envelope({"messages": said, "number-lists": shown})

    async def add(self, request: AuthenticatedRequest) -> web.Response:
        """Add a number to a campaign; the document does not show the answer."""
        account = request.account
        campaign = await self._campaigns.by_serial(account.id, request.number("campaign"))
        number = requests.contact_number(request.fields, account.country)
        if number is None:
            raise Invalid("number is missing.")
        tags = requests.tags(request.fields, *TAGS, usable=campaign.tags) or {}
        wanted = NewContact(number=number, tags=tags)
        added = await self._campaigns.add_contacts(request.by, account.id, campaign.id, [wanted])
        contact = only(added, number, campaign)
        shown = {"details": resources.number(account, campaign, contact)}
        said = f"{contact.number} added to campaign {campaign.name} successfully!!"
        return resources.envelope(shown, said, status=201)

    async def delete(self, request: AuthenticatedRequest) -> web.Response:
        """Delete a number of a campaign that does not run."""
        contact = await self._campaigns.remove_contact(request.by, request.account.id, request.number("number"))
        campaign = await self._campaigns.get(request.account.id, contact.campaign)
        said = f"{contact.number} of campaign {campaign.name} deleted Successfully!!"
        return resources.envelope({"campaign-details": said})

    async def show(self, request: AuthenticatedRequest) -> web.Response:
        """Show a number of a campaign."""
        contact = await self._campaigns.contact(request.account.id, request.number("number"))
        shown = {"messages": f"{contact.number} details retrieved successfully!!"}
        return resources.envelope(shown | {"number-detail": await self._shown(request, contact)})

    async def change(self, request: AuthenticatedRequest) -> web.Response:
        """Change a number, its tags, or both; what is not given stays, and so does a tag that is not named."""
        account = request.account
        contact = await self._campaigns.contact(account.id, request.number("number"))
        campaign = await self._campaigns.get(account.id, contact.campaign)
        tags = requests.tags(request.fields, *TAGS, usable=campaign.tags)
        change = ContactChange(
            number=requests.contact_number(request.fields, account.country),
            tags=None if tags is None else {**contact.tags, **tags},
        )
        changed = await self._campaigns.change_contact(request.by, account.id, contact.id, change)
        shown = {"details": await self._shown(request, changed)}
        return resources.envelope(shown, "Action details successfully updated.")

    async def _shown(self, request: AuthenticatedRequest, contact: Contact) -> Shape:
        campaign = await self._campaigns.get(request.account.id, contact.campaign)
        return resources.number(request.account, campaign, contact)

    async def _all(self, campaign: Campaign) -> list[Contact]:
        found: list[Contact] = []
        while len(found) < MOST:
            after = found[-1].id if found else 0
            part = await self._campaigns.contacts(campaign.account, campaign.id, limit=AT_ONCE, after=after)
            found += part
            if len(part) < AT_ONCE:
                break
        return found


def only(added: Added, number: str, campaign: Campaign) -> Contact:
    """Return the one contact that was added; raises Invalid, AlreadyThere."""
    if added.bad:
        raise Invalid(f"number cannot be added: {added.bad[0].reason}")
    if not added.contacts:
        raise AlreadyThere(f"The campaign {campaign.name} has the number {number} already.")
    return added.contacts[0]
