"""Campaigns of an account, their contacts, and its do-not-call list."""

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import UNSET

from api.own.access import Caller, CallerOf
from api.own.bodies import number_of
from api.own.errors import BadRequest
from api.own.features.campaigns import render
from api.own.features.campaigns.files import FileRoutes
from api.own.features.campaigns.lists import DoNotCallRoutes
from api.own.features.campaigns.schema import (
    AddedContacts,
    Campaign,
    CampaignPlan,
    Campaigns,
    CampaignStart,
    CampaignWithCounts,
    ChangedCampaign,
    ChangedContact,
    Contact,
    Contacts,
    NewCampaign,
    NewContacts,
    StartedCampaign,
)
from api.own.operations import Body, Parameter, operation, taking
from api.own.scheduled import time_of
from api.own.schema.fields import says
from api.own.schema.queries import LIMIT, PAGE
from api.own.services import OwnServices
from engine.features.campaigns import contact, model
from engine.features.campaigns.contact import ContactChange, NewContact, Status
from engine.features.campaigns.service import CampaignService
from engine.features.errors import NotThere

AFTER = Parameter(name="after", kind=Annotated[int, says("The id of a contact; those after it are listed.", minimum=0)])
STATUS = Parameter(
    name="status", kind=Annotated[str, says("Only contacts of this status, or of several with commas between.")]
)


class CampaignRoutes:
    """The handlers; `caller_of` says whose campaigns a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of = caller_of
        self._campaigns = services.features[CampaignService]
        self._lists, self._files = DoNotCallRoutes(services, caller_of), FileRoutes(services, caller_of)

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        one = prefix + "/campaigns/{campaign}"
        return [
            web.get(prefix + "/campaigns", self.list_all),
            web.post(prefix + "/campaigns", self.add),
            web.get(one, self.show),
            web.patch(one, self.change),
            web.delete(one, self.remove),
            web.get(one + "/contacts", self.contacts),
            web.post(one + "/contacts", self.add_contacts),
            web.get(one + "/contacts/{contact}", self.show_contact),
            web.patch(one + "/contacts/{contact}", self.change_contact),
            web.delete(one + "/contacts/{contact}", self.remove_contact),
            web.post(one + "/plan", self.plan),
            web.post(one + "/start", self.start),
            web.post(one + "/pause", self.pause),
            web.post(one + "/resume", self.resume),
            web.post(one + "/stop", self.stop),
            *self._files.routes(one),
            *self._lists.routes(prefix),
        ]

    @operation("listCampaigns", {200: Campaigns}, query=PAGE)
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's campaigns, newest first."""
        account = (await self._caller_of(request)).account
        limit, before = number_of(request, "limit", 100), request.query.get("before")
        found = await self._campaigns.page(account.id, limit=limit, before=before)
        return web.json_response({"campaigns": [render.campaign(row) for row in found]})

    @taking("addCampaign", NewCampaign, {201: Campaign})
    async def add(self, request: web.Request, body: Body[NewCampaign]) -> web.Response:
        """Make a campaign, a draft without contacts."""
        caller = await self._caller_of(request)
        wanted = msgspec.convert(msgspec.to_builtins(await body()), model.NewCampaign)
        return web.json_response(
            render.campaign(await self._campaigns.create(caller.by, caller.account.id, wanted)), status=201
        )

    @operation("getCampaign", {200: CampaignWithCounts})
    async def show(self, request: web.Request) -> web.Response:
        """Show a campaign, and what became of its contacts."""
        caller, id = await self._named(request)
        row = await self._campaigns.get(caller.account.id, id)
        return web.json_response(render.with_counts(row, await self._campaigns.counts(caller.account.id, id)))

    @taking("changeCampaign", ChangedCampaign, {200: Campaign}, errors=(409,))
    async def change(self, request: web.Request, body: Body[ChangedCampaign]) -> web.Response:
        """Change a campaign that is not scheduled, running or paused."""
        caller, id = await self._named(request)
        given = msgspec.to_builtins(await body())
        change = msgspec.convert(given, model.CampaignChange)
        changed = await self._campaigns.update(caller.by, caller.account.id, id, change)
        return web.json_response(render.campaign(changed))

    @operation("removeCampaign", {204: None}, errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove a campaign with its contacts; not one that is scheduled, running or paused."""
        caller, id = await self._named(request)
        await self._campaigns.remove(caller.by, caller.account.id, id)
        return web.Response(status=204)

    @operation("listCampaignContacts", {200: Contacts}, query=(LIMIT, AFTER, STATUS))
    async def contacts(self, request: web.Request) -> web.Response:
        """List a campaign's contacts in the order of their ids: the rows of its report."""
        caller, id = await self._named(request)
        limit, after = number_of(request, "limit", 100), _whole(request.query.get("after") or "0", "after")
        statuses = _statuses(request.query.get("status"))
        found = await self._campaigns.contacts(caller.account.id, id, limit=limit, after=after, statuses=statuses)
        return web.json_response({"contacts": [render.contact(row) for row in found]})

    @taking("addCampaignContacts", NewContacts, {200: AddedContacts}, errors=(409,))
    async def add_contacts(self, request: web.Request, body: Body[NewContacts]) -> web.Response:
        """Add contacts. Bad ones are left out, and the answer says which; so are numbers that the campaign has."""
        caller, id = await self._named(request)
        contacts = [
            NewContact(number=each.number, tags=each.tags, line=place)
            for place, each in enumerate((await body()).contacts, start=1)
        ]
        found = await self._campaigns.add_contacts(caller.by, caller.account.id, id, contacts)
        return web.json_response(render.added(found))

    @operation("getCampaignContact", {200: Contact})
    async def show_contact(self, request: web.Request) -> web.Response:
        """Show a contact."""
        return web.json_response(render.contact((await self._contact(request))[1]))

    @taking("changeCampaignContact", ChangedContact, {200: Contact}, errors=(409,))
    async def change_contact(self, request: web.Request, body: Body[ChangedContact]) -> web.Response:
        """Change a contact of a campaign that is not scheduled, running or paused."""
        caller, row = await self._contact(request)
        given = await body()
        change = ContactChange(
            number=None if given.number is UNSET else given.number,
            tags=None if given.tags is UNSET else given.tags,
        )
        changed = await self._campaigns.change_contact(caller.by, caller.account.id, row.id, change)
        return web.json_response(render.contact(changed))

    @operation("removeCampaignContact", {204: None}, errors=(409,))
    async def remove_contact(self, request: web.Request) -> web.Response:
        """Remove a contact of a campaign that is not scheduled, running or paused."""
        caller, row = await self._contact(request)
        await self._campaigns.remove_contact(caller.by, caller.account.id, row.id)
        return web.Response(status=204)

    @taking("planCampaign", CampaignStart, {200: CampaignPlan})
    async def plan(self, request: web.Request, body: Body[CampaignStart]) -> web.Response:
        """Say what a start would do: how many calls, when it ends, its costs, who is skipped. Nothing is dialled."""
        caller, id = await self._named(request)
        found = await self._campaigns.plan(caller.account.id, id, _start(await body()))
        return web.json_response(render.plan(found))

    @taking("startCampaign", CampaignStart, {200: StartedCampaign}, errors=(402, 403, 409))
    async def start(self, request: web.Request, body: Body[CampaignStart]) -> web.Response:
        """Start a campaign, or schedule it. What it costs is held."""
        caller, id = await self._named(request)
        found = await self._campaigns.start(caller.by, caller.account.id, id, _start(await body()))
        return web.json_response(render.started(found))

    @operation("pauseCampaign", {200: Campaign}, errors=(409,))
    async def pause(self, request: web.Request) -> web.Response:
        """Begin no more calls; those that are up go on."""
        caller, id = await self._named(request)
        return web.json_response(render.campaign(await self._campaigns.pause(caller.by, caller.account.id, id)))

    @operation("resumeCampaign", {200: Campaign}, errors=(409,))
    async def resume(self, request: web.Request) -> web.Response:
        """Go on with a campaign that is paused."""
        caller, id = await self._named(request)
        return web.json_response(render.campaign(await self._campaigns.resume(caller.by, caller.account.id, id)))

    @operation("stopCampaign", {200: Campaign}, errors=(409,))
    async def stop(self, request: web.Request) -> web.Response:
        """End a campaign at once: its calls are hung up, and nobody else is called."""
        caller, id = await self._named(request)
        return web.json_response(render.campaign(await self._campaigns.stop(caller.by, caller.account.id, id)))

    async def _named(self, request: web.Request) -> tuple[Caller, str]:
        return await self._caller_of(request), request.match_info["campaign"]

    async def _contact(self, request: web.Request) -> tuple[Caller, contact.Contact]:
        caller, campaign = await self._named(request)
        text = request.match_info["contact"]
        row = await self._campaigns.contact(caller.account.id, _whole(text, "contact"))
        if row.campaign != campaign:
            raise NotThere(f"There is no contact {text} in this campaign.")
        return caller, row


def _start(given: CampaignStart) -> model.Start:
    fields = msgspec.to_builtins(given) | {"at": None if given.at is None else time_of(given.at)}
    return msgspec.convert(fields, model.Start)


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadRequest(f"{name} must be a whole number (got '{text[:20]}').")
    return int(text)


def _statuses(text: str | None) -> tuple[Status, ...]:
    try:
        return tuple(Status(name.strip()) for name in text.split(",")) if text else ()
    except ValueError:
        known = ", ".join(status.value for status in Status)
        raise BadRequest(f"status must be some of {known}, with commas between (got '{(text or '')[:50]}').") from None


ROUTES = CampaignRoutes
