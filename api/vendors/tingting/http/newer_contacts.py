"""The newer API's numbers of campaigns, as the published client (tingting 1.0.1) speaks of them."""

from aiohttp import web

from api.vendors.tingting.errors import Invalid
from api.vendors.tingting.http import newer, requests
from api.vendors.tingting.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tingting.http.contacts import only
from api.vendors.tingting.http.filling import Filling
from engine.features.campaigns.contact import Contact, ContactChange, NewContact
from engine.features.campaigns.model import Campaign, Start
from engine.features.campaigns.service import CampaignService

PAGE = 1000
TAGS = ("other_variables", "attributes")


class NewerContactOperations:
    """The newer API's operations on numbers."""

    def __init__(self, campaigns: CampaignService, filling: Filling) -> None:
        self._campaigns, self._filling = campaigns, filling

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        return {
            "POST /api/v1/campaign/{campaign}/add-contact": self.add,
            "PATCH /api/v1/campaign/create/{campaign}/detail": self.add_file,
            "POST /api/v1/campaign/create/{campaign}/detail": self.add_file,
            "GET /api/v1/campaign-detail/{campaign}": self.list_all,
            "PATCH /api/v1/phone-number/update/{number}": self.change,
            "GET /api/v1/phone-number/delete/{number}": self.show,
            "DELETE /api/v1/phone-number/delete/{number}": self.delete,
            "POST /api/v1/demo-call/{number}": self.call,
        }

    async def add(self, request: AuthenticatedRequest) -> web.Response:
        """Add a number with its tags."""
        account, campaign = request.account, await self._campaign(request)
        number = requests.contact_number(request.fields, account.country)
        if number is None:
            raise Invalid("number is missing.")
        wanted = NewContact(number=number, tags=requests.tags(request.fields, *TAGS) or {})
        added = await self._campaigns.add_contacts(request.by, account.id, campaign.id, [wanted])
        return web.json_response(newer.contact(account, campaign, only(added, number, campaign)), status=201)

    async def add_file(self, request: AuthenticatedRequest) -> web.Response:
        """Add the numbers of a file."""
        campaign = await self._campaign(request)
        found = requests.sheet(request.fields, "bulk_file", "send_to_number_file")
        if found is None:
            raise Invalid("bulk_file is missing.")
        read = await self._filling.read(request.requester, found, "bulk_file")
        faults = [*read.faults, *await self._filling.add(request.requester, campaign, read.contacts)]
        counts = await self._campaigns.counts(request.account.id, campaign.id)
        return web.json_response(newer.campaign(campaign, counts) | {"errors": faults})

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List a campaign's numbers in the order in which they were added."""
        account, campaign = request.account, await self._campaign(request)
        page = requests.page(request.fields, PAGE)
        counts = await self._campaigns.counts(account.id, campaign.id)
        found = await self._page(campaign, page.offset, page.size)
        results = [newer.contact(account, campaign, each) for each in found]
        return newer.listed(request, page, counts.contacts, results)

    async def change(self, request: AuthenticatedRequest) -> web.Response:
        """Change a number or its tags. The client's form has the names of tags alone: then the tags stay."""
        account, contact = request.account, await self._contact(request)
        tags = None if _is_names(request) else requests.tags(request.fields, *TAGS)
        number = requests.contact_number(request.fields, account.country)
        change = ContactChange(number=number, tags=None if tags is None else {**contact.tags, **tags})
        return await self._answer(
            request, await self._campaigns.change_contact(request.by, account.id, contact.id, change)
        )

    async def show(self, request: AuthenticatedRequest) -> web.Response:
        """Show a number: the client asks for its tags here."""
        return await self._answer(request, await self._contact(request))

    async def delete(self, request: AuthenticatedRequest) -> web.Response:
        """Delete a number."""
        await self._campaigns.remove_contact(request.by, request.account.id, request.number("number"))
        return web.Response(status=204)

    async def call(self, request: AuthenticatedRequest) -> web.Response:
        """Run the campaign for this number alone."""
        contact = await self._contact(request)
        wanted = Start(contacts=(contact.id,))
        await self._campaigns.start(request.by, request.account.id, contact.campaign, wanted)
        return await self._answer(request, await self._contact(request))

    async def _campaign(self, request: AuthenticatedRequest) -> Campaign:
        return await self._campaigns.by_serial(request.account.id, request.number("campaign"))

    async def _contact(self, request: AuthenticatedRequest) -> Contact:
        return await self._campaigns.contact(request.account.id, request.number("number"))

    async def _answer(self, request: AuthenticatedRequest, contact: Contact) -> web.Response:
        campaign = await self._campaigns.get(request.account.id, contact.campaign)
        return web.json_response(newer.contact(request.account, campaign, contact))

    async def _page(self, campaign: Campaign, offset: int, size: int) -> list[Contact]:
        """Return a numbered page: the service's pages begin behind an id."""
        after, left = 0, offset
        while left > 0:
            passed = await self._campaigns.contacts(campaign.account, campaign.id, limit=min(left, PAGE), after=after)
            if not passed:
                return []
            after, left = passed[-1].id, left - len(passed)
        return await self._campaigns.contacts(campaign.account, campaign.id, limit=size, after=after)


def _is_names(request: AuthenticatedRequest) -> bool:
    """Whether a form has the tags' names and not their values."""
    found = request.fields.raw(*TAGS)
    return isinstance(found, list) or (isinstance(found, str) and not found.lstrip().startswith("{"))
