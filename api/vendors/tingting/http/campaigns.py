"""TingTing's campaigns: listed, added, updated, deleted, shown."""

from aiohttp import web

from api.vendors.tingting.errors import Invalid
from api.vendors.tingting.http import requests, resources
from api.vendors.tingting.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tingting.http.filling import Filling
from engine.features.campaigns.model import Campaign, CampaignChange, NewCampaign
from engine.features.campaigns.service import CampaignService

PAGE = 100
"""How many campaigns are listed; `page` and `page_size` in the query list others."""
CHOOSE = "Give individual_number, a list of numbers, or send_to_number_file, an .xlsx file of them."


class CampaignOperations:
    """The operations on campaigns themselves."""

    def __init__(self, campaigns: CampaignService, filling: Filling) -> None:
        self._campaigns, self._filling = campaigns, filling

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        one = "/api/system/campaigns/{campaign}"
        return {
            "GET /api/system/campaigns": self.list_all,
            "POST /api/system/campaigns": self.add,
            f"PUT {one}/update": self.update,
            f"DELETE {one}/delete": self.delete,
            f"GET {one}/details": self.details,
        }

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List the campaigns, newest first; the answer has no envelope, as the document prints it."""
        account, page = request.account.id, requests.page(request.fields, PAGE)
        total = await self._campaigns.count(account)
        found = await self._campaigns.page(account, limit=page.size, offset=page.offset)
        listed = [resources.campaign(each, tags=True) for each in found]
        result = {"messages": "Campaign Successfully Retrieved", "campaign-lists": listed}
        return web.json_response({"pagination": page.pagination(total), "result": result})

    async def add(self, request: AuthenticatedRequest) -> web.Response:
        """Add a campaign with its numbers. The faulty lines of a file are in `errors`; the others were added."""
        fields, account = request.fields, request.account
        name, kind = requests.name_of(fields), requests.kind(fields)
        if name is None or kind is None:
            raise Invalid(f"{'name' if name is None else 'services'} is missing.")
        contacts = await requests.numbers(fields, account.country)
        found = requests.sheet(fields, "send_to_number_file", "bulk_file")
        if bool(contacts) == (found is not None):
            raise Invalid(CHOOSE)
        read = await self._filling.read(request.requester, found, "send_to_number_file") if found else None
        wanted = NewCampaign(name=name, kind=kind, description=fields.text_or_none("description") or "")
        made, faults = await self._filling.created(request.requester, wanted, read.contacts if read else contacts)
        faults = [*read.faults, *faults] if read else faults
        shown = {"details": [resources.campaign(made, tags=False)]}
        return resources.envelope(shown, "Campaign Created Successfully", status=201, errors=faults)

    async def update(self, request: AuthenticatedRequest) -> web.Response:
        """Change a campaign's name, services or description; what is not given stays."""
        found, fields = await self._found(request), request.fields
        change = CampaignChange(
            name=requests.name_of(fields),
            kind=requests.kind(fields),
            description=fields.text_or_none("description"),
        )
        changed = await self._campaigns.update(request.by, request.account.id, found.id, change)
        shown = {"details": [resources.campaign(changed, tags=False)]}
        return resources.envelope(shown, "Campaign details successfully updated.")

    async def delete(self, request: AuthenticatedRequest) -> web.Response:
        """Delete a campaign that does not run."""
        found = await self._found(request)
        await self._campaigns.remove(request.by, request.account.id, found.id)
        return resources.envelope({"camaign": "Campaign Deleted Succesfully"})

    async def details(self, request: AuthenticatedRequest) -> web.Response:
        """Show a campaign."""
        shown = [resources.campaign(await self._found(request), tags=True)]
        return resources.envelope({"messages": "Details Retrived successfully", "details": shown})

    async def _found(self, request: AuthenticatedRequest) -> Campaign:
        return await self._campaigns.by_serial(request.account.id, request.number("campaign"))
