"""Files of campaigns: contacts are read from .xlsx and .csv, a report is written as one of them."""

import asyncio
from typing import Annotated, Literal

from aiohttp import web

from api import bodies
from api.own.access import CallerOf
from api.own.errors import BadRequest
from api.own.features.campaigns import render
from api.own.features.campaigns.schema import AddedContacts
from api.own.operations import Media, Parameter, operation
from api.own.schema.fields import says
from api.own.services import OwnServices
from engine.features.campaigns import model
from engine.features.campaigns.contact import Added, BadContact, Contact, NewContact
from engine.features.campaigns.service import CampaignService
from engine.features.sheets.reading import Sheets
from engine.features.sheets.writing import Cell, to_csv, to_xlsx

SECONDS_FOR_A_FILE = 60.0
AT_ONCE = 10_000
XLSX, CSV = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"
TABLE = Media("An .xlsx or .csv file, whatever its Content-Type: a column of numbers, others are tags.", (XLSX, CSV))
REPORT = Media("The contacts as a file, with a column for each tag.", (CSV, XLSX))
FORMAT = Parameter(name="format", kind=Annotated[Literal["csv", "xlsx"], says("What the file is; csv by default.")])
COLUMNS = (
    "id", "number", "status", "reason", "attempts", "call", "called", "ended", "seconds", "playback", "digits",
    "machine", "recording", "price",
)  # fmt: skip


class FileRoutes:
    """The handlers; `caller_of` says whose campaigns a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._caller_of = caller_of
        self._campaigns, self._sheets = services.features[CampaignService], services.features[Sheets]

    def routes(self, one: str) -> list[web.RouteDef]:
        """Every route, below the path of a campaign."""
        return [web.post(one + "/contacts/file", self.fill), web.get(one + "/report", self.report)]

    @operation("addCampaignFile", {200: AddedContacts}, body=TABLE, errors=(409,))
    async def fill(self, request: web.Request) -> web.Response:
        """Add the contacts of a file. Lines that are none are left out, and the answer says which and why."""
        caller, id = await self._caller_of(request), request.match_info["campaign"]
        account = caller.account
        await self._campaigns.get(account.id, id)
        data = await bodies.read(request, self._sheets.limits.bytes, SECONDS_FOR_A_FILE)
        read = await self._sheets.contacts(data, account.country)
        rows = [NewContact(number=f"+{row.number}", tags=row.tags, line=row.line) for row in read.rows]
        added, duplicates, bad = 0, read.duplicates, [BadContact(e.line, "", e.reason) for e in read.errors]
        for begin in range(0, len(rows), AT_ONCE):
            found = await self._campaigns.add_contacts(caller.by, account.id, id, rows[begin : begin + AT_ONCE])
            added, duplicates, bad = added + found.added, duplicates + found.duplicates, [*bad, *found.bad]
        bad.sort(key=lambda each: each.line)
        return web.json_response(render.added(Added(added=added, duplicates=duplicates, bad=tuple(bad))))

    @operation("getCampaignReport", {200: REPORT}, query=(FORMAT,))
    async def report(self, request: web.Request) -> web.Response:
        """Fetch all contacts of a campaign as a file, in which no value is a formula."""
        account, id = (await self._caller_of(request)).account.id, request.match_info["campaign"]
        wanted = request.query.get("format", "csv")
        if wanted not in ("csv", "xlsx"):
            raise BadRequest(f"format must be csv or xlsx (got '{wanted[:20]}').")
        campaign = await self._campaigns.get(account, id)
        table = [_row(campaign, each) async for each in self._campaigns.report(account, id)]
        write, kind = (to_csv, CSV) if wanted == "csv" else (to_xlsx, XLSX)
        content = await asyncio.to_thread(write, (*COLUMNS, *campaign.tags), table)
        headers = {"Content-Disposition": f'attachment; filename="campaign-{campaign.serial}.{wanted}"'}
        return web.Response(body=content, content_type=kind, headers=headers)


def _row(campaign: model.Campaign, contact: Contact) -> list[Cell]:
    shown = render.contact(contact)
    values: list[Cell] = [str(shown[name]).lower() if name == "machine" else shown[name] for name in COLUMNS]
    return [*values, *(contact.tags.get(name, "") for name in campaign.tags)]
