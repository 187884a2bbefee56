"""What all parts of the service of campaigns stand on."""

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection

from engine.calls.account_prompts import Preparing
from engine.features.campaigns.model import Campaign, State
from engine.features.campaigns.store import campaigns
from engine.features.campaigns.worker import CampaignRunner
from engine.features.errors import NotThere, StillUsed
from engine.platform.platform import Platform

Check = Callable[[str, str, str | None], None]
IS = {State.SCHEDULED: "is scheduled", State.RUNNING: "runs", State.PAUSED: "is paused"}


class Core:
    """`check` refuses numbers that an account may not call or not show (engine.calls.admission_protocol.Admission);
    `prepare` makes an account's prompts, and `runner` places and ends the calls.
    """

    def __init__(
        self, platform: Platform, check: Check, prepare: Callable[[str], Preparing], runner: CampaignRunner
    ) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler, self._cache, self._prices = platform.scheduler, platform.cache, platform.prices
        self._check, self._prepare, self._runner = check, prepare, runner
        self._planning: dict[str, asyncio.Lock] = {}


def found(conn: Connection, account: str | None, id: str) -> Campaign:
    """Return a campaign of an account, or (None) of any; raises NotThere."""
    campaign = campaigns.get(conn, id)
    if campaign is None or account not in (None, campaign.account):
        raise NotThere(f"There is no campaign {id}.")
    return campaign


def idle(conn: Connection, account: str, id: str, what: str) -> Campaign:
    """Return a campaign that is not scheduled, running or paused; raises NotThere, StillUsed. `what` cannot be done."""
    campaign = found(conn, account, id)
    if campaign.state.busy:
        raise StillUsed(f"The campaign {campaign.name!r} {IS[campaign.state]}: stop it before {what}.")
    return campaign
