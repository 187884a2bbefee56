"""TingTing's reports: one campaign's as a file, and a summary of all."""

import asyncio
from collections import Counter

from aiohttp import web

from api.vendors.tingting.errors import Invalid
from api.vendors.tingting.http import requests, resources
from api.vendors.tingting.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tingting.http.resources import STATUSES, Shape
from engine.features.accounts import Account
from engine.features.campaigns.contact import Contact
from engine.features.campaigns.model import Campaign
from engine.features.campaigns.service import CampaignService
from engine.features.sheets.writing import Cell, to_xlsx

PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = ("id", "number", "campaign", "status", "duration", "playback", "credit_consumed", "keys", "reason")


class ReportOperations:
    """report/download, report/summary, and the newer API's download/report."""

    def __init__(self, campaigns: CampaignService) -> None:
        self._campaigns = campaigns

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        return {
            "GET /api/system/campaigns/report/download": self.download,
            "GET /api/system/campaigns/report/summary": self.summary,
            "GET /api/v1/download/report/{campaign}": self.download_newer,
            "POST /api/v1/download/report/{campaign}": self.download_newer,
        }

    async def download(self, request: AuthenticatedRequest) -> web.StreamResponse:
        """Answer a campaign's numbers as an .xlsx file, each with a column for each tag."""
        serial = request.fields.whole("campaign_id")
        if serial is None:
            raise Invalid("campaign_id is missing.")
        return await self._file(request, await self._campaigns.by_serial(request.account.id, serial))

    async def download_newer(self, request: AuthenticatedRequest) -> web.StreamResponse:
        """Answer the same, by the campaign in the path."""
        return await self._file(
            request, await self._campaigns.by_serial(request.account.id, request.number("campaign"))
        )

    async def summary(self, request: AuthenticatedRequest) -> web.Response:
        """Show for each campaign how many of its numbers have which status; the document does not show the answer."""
        account, page = request.account, requests.page(request.fields, PAGE)
        found = await self._campaigns.page(account.id, limit=page.size, offset=page.offset)
        total = await self._campaigns.count(account.id)
        summary = [await self._summed(account, each) for each in found]
        return resources.envelope({"summary": summary, "pagination": page.pagination(total)})

    async def _summed(self, account: Account, campaign: Campaign) -> Shape:
        counts = await self._campaigns.counts(account.id, campaign.id)
        statuses: Counter[str] = Counter(dict.fromkeys(STATUSES.values(), 0))
        for status, count in counts.by_status.items():
            statuses[STATUSES[status]] += count
        return {
            "id": campaign.serial,
            "name": campaign.name,
            "services": resources.services_of(campaign),
            "total_numbers": counts.contacts,
            "status": dict(statuses),
            "duration": round(counts.seconds),
            "credit_consumed": resources.credits_of(account, counts.price),
            "credit_on_hold": resources.credits_of(account, counts.held),
        }

    async def _file(self, request: AuthenticatedRequest, campaign: Campaign) -> web.StreamResponse:
        rows = [each async for each in self._campaigns.report(request.account.id, campaign.id)]
        table = [_row(request.account, campaign, each) for each in rows]
        content = await asyncio.to_thread(to_xlsx, (*HEADER, *campaign.tags), table)
        headers = {"Content-Disposition": f'attachment; filename="campaign-{campaign.serial}.xlsx"'}
        return web.Response(body=content, content_type=XLSX, headers=headers)


def _row(account: Account, campaign: Campaign, contact: Contact) -> list[Cell]:
    """Return a number's row: the columns of HEADER, then its tags."""
    shown = resources.number(account, campaign, contact)
    columns: list[Cell] = [shown[name] for name in ("id", "number", "campaing", "status", "duration", "playback")]
    tags = [contact.tags.get(name, "") for name in campaign.tags]
    return [*columns, shown["credit_consumed"], contact.digits, contact.reason, *tags]
