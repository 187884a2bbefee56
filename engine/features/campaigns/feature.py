"""Campaigns: many numbers are called or texted with one message."""

from collections.abc import Callable
from typing import Protocol

from engine.calls.account_prompts import Preparing
from engine.calls.admission_protocol import Route
from engine.commands import NumberRefused
from engine.features.campaigns import announced, moves, placing, pricing
from engine.features.campaigns.around import Around
from engine.features.campaigns.do_not_call import DoNotCallLists, TrunkLimits
from engine.features.campaigns.live import Live
from engine.features.campaigns.opening import CampaignOpening
from engine.features.campaigns.progress import CampaignProgress
from engine.features.campaigns.service import CampaignService
from engine.features.campaigns.tables import campaign_contacts, campaign_serials, campaigns, do_not_call
from engine.features.campaigns.texting import Texting
from engine.features.campaigns.trunk_outages import TrunkOutages
from engine.features.campaigns.trunk_queues import TrunkQueues
from engine.features.campaigns.worker import AT_ONCE, CampaignRunner, Engine
from engine.features.messaging.service import MessageService
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.platform.scheduler import Timer


class Admission(Protocol):
    """What campaigns ask of the rules of calls (engine.calls.admission_protocol.Admission)."""

    def check(self, account: str, callee: str, caller: str | None) -> None:
        """Refuse numbers that may not be used; raises engine.commands.CommandRefused."""

    def routes(self, account: str, digits: str, *, call: str = "") -> tuple[Route, ...]:
        """The routes of a leg; of equal trunks the call's id decides which is first."""

    def allow_private(self, account: str) -> bool:
        """Whether this account's announcements may come from private addresses."""


class CampaignsFeature(Feature):
    """Campaigns. `engine` places the calls; it is asked for then. `messages` sends the texts."""

    name = "campaigns"
    events = announced.EVENTS
    announces = announced.ENTRIES
    tables = (campaign_contacts, campaigns, campaign_serials, do_not_call)

    def __init__(
        self, platform: Platform, admission: Admission, engine: Callable[[], Engine], messages: MessageService
    ) -> None:
        live = Live(platform.clock)

        def prepare(account: str) -> Preparing:
            return Preparing(platform.prompts, platform.database, admission.allow_private, account)

        def trunk_of(account: str, digits: str, call: str) -> str | None:
            return next((route.trunk for route in admission.routes(account, digits, call=call)), None)

        around = Around(
            at_once=lambda account: _places(platform, account),
            per_second=lambda account: _pace(platform, account),
            trunk_of=trunk_of,
            price=lambda campaign, contact: pricing.whole_price(platform.prices, campaign, contact),
            queues=TrunkQueues(),
            outages=TrunkOutages(),
        )
        runner = self._runner = CampaignRunner(platform, engine, Texting(platform, messages), prepare, around, live)
        self.service = CampaignService(platform, admission.check, prepare, runner)
        self.services = (self.service, DoNotCallLists(platform), TrunkLimits(platform))
        self.timers = {moves.KIND: Timer(runner.look, at_once=AT_ONCE)}
        self.consumers = (CampaignProgress(platform, live, runner.hang_up, around),)
        self.conversations = {placing.TOPIC: CampaignOpening()}
        self.bars = (live.barred,)
        self.backings = (live.backing,)

    async def start(self) -> None:
        """Go on with what an earlier controller left."""
        await self._runner.start()

    async def stop(self) -> None:
        """Let what is being placed be placed."""
        await self._runner.stop()


def _pace(platform: Platform, account: str) -> float:
    """Return how many calls a second an account may begin; of one that is disabled, it does not matter."""
    try:
        return platform.cache.rules(account).account.calls_per_second
    except NumberRefused:
        return 1.0


def _places(platform: Platform, account: str) -> int:
    """Return how many calls an account may have at once; of one that is disabled, none."""
    try:
        return platform.cache.rules(account).account.max_calls
    except NumberRefused:
        return 0
