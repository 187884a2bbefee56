"""What lets TingTing's campaigns call: begin, in all of its modes."""

import time
from collections.abc import Callable

from aiohttp import web

from api.vendors.tingting.http import requests, resources
from api.vendors.tingting.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tingting.http.files import Files
from engine.features.campaigns.service import CampaignService


class CallOperations:
    """begin. `clock`: Unix seconds."""

    def __init__(self, campaigns: CampaignService, files: Files, clock: Callable[[], float] = time.time) -> None:
        self._campaigns, self._files, self._clock = campaigns, files, clock

    def operations(self) -> dict[str, Handler]:
        """Return it by its method and path."""
        return {"POST /api/system/campaigns/{campaign}/begin": self.begin}

    async def begin(self, request: AuthenticatedRequest) -> web.Response:
        """Begin a campaign: for its new numbers, for `individual` ones, again by `status`; now or at a time."""
        account, fields = request.account, request.fields
        found = await self._campaigns.by_serial(account.id, request.number("campaign"))
        start = requests.start(fields, account, None, self._clock)  # before a file is kept: it may be refused
        audio = await self._files.audio(request.requester, fields, f"campaigns/{found.serial}")
        start = requests.start(fields, account, requests.message(fields, found.message, audio), self._clock)
        started = await self._campaigns.start(request.by, account.id, found.id, start)
        credits = resources.credits_of(account, started.held)
        said = "Campaign is running" if start.statuses else "Campaign is running!!"
        held = {"hold amount": f"{credits} credits on hold for {started.campaign.name} campaign."}
        return resources.envelope(held, said)
