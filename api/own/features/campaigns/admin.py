"""The administrator's routes of campaigns: an account's, those of all, the list of all accounts, the trunks' limits."""

from aiohttp import web

from api.own.access import Caller
from api.own.bodies import number_of
from api.own.features.campaigns import render
from api.own.features.campaigns.lists import AFTER
from api.own.features.campaigns.schema import (
    AddedDoNotCall,
    Campaigns,
    CampaignWithCounts,
    DoNotCall,
    NewDoNotCall,
    NewTrunkLimit,
    TrunkLimit,
    TrunkLimits,
)
from api.own.features.campaigns.v1 import CampaignRoutes
from api.own.operations import Body, operation, taking
from api.own.schema.queries import ACCOUNT, LIMIT, PAGE
from api.own.services import OwnServices
from engine.features.campaigns import do_not_call, model
from engine.features.campaigns.do_not_call import ALL_ACCOUNTS, DoNotCallLists
from engine.features.campaigns.service import CampaignService
from engine.platform import audit


class CampaignsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services, self._campaigns = services, services.features[CampaignService]
        self._lists, self._limits = services.features[DoNotCallLists], services.features[do_not_call.TrunkLimits]

    def routes(self) -> list[web.RouteDef]:
        """Every route of campaigns."""
        return [
            *CampaignRoutes(self._services, self._caller).routes("/accounts/{account}"),
            web.get("/campaigns", self.list_all),
            web.get("/campaigns/{campaign}", self.show),
            web.get("/do-not-call", self.listed),
            web.post("/do-not-call", self.add),
            web.delete("/do-not-call/{number}", self.remove),
            web.get("/campaign-trunks", self.trunks),
            web.put("/campaign-trunks/{trunk}", self.limit),
            web.delete("/campaign-trunks/{trunk}", self.unlimit),
        ]

    @operation("listAllCampaigns", {200: Campaigns}, query=(ACCOUNT, *PAGE))
    async def list_all(self, request: web.Request) -> web.Response:
        """List campaigns of all accounts, newest first."""
        account = await self._services.account_of(request)
        limit, before = number_of(request, "limit", 100), request.query.get("before")
        found = await self._campaigns.page(account.id if account else None, limit=limit, before=before)
        return web.json_response({"campaigns": [render.campaign(row, self._name(row)) for row in found]})

    @operation("getAnyCampaign", {200: CampaignWithCounts})
    async def show(self, request: web.Request) -> web.Response:
        """Show a campaign of any account, and what became of its contacts."""
        row = await self._campaigns.get(None, request.match_info["campaign"])
        return web.json_response(render.with_counts(row, await self._campaigns.counts(None, row.id), self._name(row)))

    @operation("listDoNotCallOfAll", {200: DoNotCall}, query=(LIMIT, AFTER))
    async def listed(self, request: web.Request) -> web.Response:
        """List the numbers that no campaign of any account calls or texts."""
        limit, after = number_of(request, "limit", 100), request.query.get("after", "")
        found = await self._lists.page(ALL_ACCOUNTS, limit=limit, after=after)
        return web.json_response({"numbers": [render.do_not_call(row) for row in found]})

    @taking("addDoNotCallOfAll", NewDoNotCall, {200: AddedDoNotCall})
    async def add(self, request: web.Request, body: Body[NewDoNotCall]) -> web.Response:
        """Put numbers on the list of all accounts; they are written with their country code."""
        given = await body()
        added, bad = await self._lists.add(audit.ADMIN, ALL_ACCOUNTS, given.numbers, given.why)
        return web.json_response({"added": len(added), "bad": [render.bad(each) for each in bad]})

    @operation("removeDoNotCallOfAll", {204: None})
    async def remove(self, request: web.Request) -> web.Response:
        """Take a number off the list of all accounts."""
        await self._lists.remove(audit.ADMIN, ALL_ACCOUNTS, request.match_info["number"])
        return web.Response(status=204)

    @operation("listCampaignTrunks", {200: TrunkLimits})
    async def trunks(self, request: web.Request) -> web.Response:
        """List what campaigns may take of trunks."""
        return web.json_response({"trunks": [render.trunk(each) for each in await self._limits.list_all()]})

    @taking("limitCampaignTrunk", NewTrunkLimit, {200: TrunkLimit})
    async def limit(self, request: web.Request, body: Body[NewTrunkLimit]) -> web.Response:
        """Set what the campaigns of all accounts together may take of a trunk."""
        given = await body()
        limit = model.TrunkLimit(trunk=request.match_info["trunk"], per_second=given.per_second, at_once=given.at_once)
        return web.json_response(render.trunk(await self._limits.set(audit.ADMIN, limit)))

    @operation("unlimitCampaignTrunk", {204: None})
    async def unlimit(self, request: web.Request) -> web.Response:
        """Let campaigns take of a trunk what they want."""
        await self._limits.remove(audit.ADMIN, request.match_info["trunk"])
        return web.Response(status=204)

    def _name(self, row: model.Campaign) -> str:
        owner = self._services.cache.find(row.account)
        return owner.name if owner else row.account

    async def _caller(self, request: web.Request) -> Caller:
        return Caller(await self._services.account_named(request.match_info["account"]), audit.ADMIN)


ADMIN = CampaignsAdmin
