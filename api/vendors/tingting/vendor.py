"""TingTing: described, and put together from its rooms."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiohttp import web

from api.callbacks.callback import Callback
from api.callbacks.model import DeliveryRow
from api.dialects import Dialect
from api.vendors.parts import VendorParts
from api.vendors.tingting.auth import Auth, Tokens
from api.vendors.tingting.events.notifications import Notifications
from api.vendors.tingting.http.authenticated import Handler
from api.vendors.tingting.http.calls import CallOperations
from api.vendors.tingting.http.campaigns import CampaignOperations
from api.vendors.tingting.http.contacts import ContactOperations
from api.vendors.tingting.http.files import Files
from api.vendors.tingting.http.filling import Filling
from api.vendors.tingting.http.newer_campaigns import NewerCampaignOperations
from api.vendors.tingting.http.newer_contacts import NewerContactOperations
from api.vendors.tingting.http.numbers import NumberOperations
from api.vendors.tingting.http.passcodes import PasscodeOperations
from api.vendors.tingting.http.reports import ReportOperations
from api.vendors.tingting.http.routes import PATHS, Open, Routes
from api.vendors.tingting.http.signing_in import SigningIn
from api.vendors.tingting.http.users import UserOperations
from api.vendors.tingting.http.voice_tests import PATH, SpokenLinks, VoiceOperations
from api.vendors.tingting.ids import ACCESS_DAYS, CREDIT, DIALECT, ZONE, NumberSids, shown_with_keys
from api.vendors.vendor import Vendor
from engine.events import Event
from engine.features.caller_ids.service import CallerIds
from engine.features.campaigns.service import CampaignService
from engine.features.numbers.sales import NumberSales
from engine.features.passcodes.service import PasscodeService
from engine.features.sheets.reading import Sheets
from engine.features.speech.service import SpeechService
from engine.features.uploads.service import UploadService
from engine.features.users.service import UserService
from engine.model.call_data import CallData
from engine.tasks.secret import Seal


class TingTing(Vendor):
    """The TingTing dialect. Its customers are neither notified nor asked."""

    name = DIALECT
    paths = PATHS
    questions = None

    def __init__(self, routes: Routes, notifications: Notifications) -> None:
        self._routes, self._notifications = routes, notifications

    @staticmethod
    def describe() -> Dialect:
        """The account signs in with an e-mail address made of its key; the newer API's token is shown beside it."""
        return Dialect(
            name=DIALECT,
            key="email",
            secret="password",
            settings={"access_days": ACCESS_DAYS, "credit": CREDIT, "zone": ZONE},
            more=shown_with_keys,
        )

    @classmethod
    def make(cls, parts: VendorParts) -> "TingTing":
        """Make it with all of its operations."""
        seal = parts.seal or Seal(secrets.token_hex())
        key = seal.digest(f"{DIALECT} tokens", "HS256").encode()
        auth = Auth(parts.accounts, parts.features[UserService], Tokens(key, parts.clock), parts.clock)
        links = SpokenLinks(parts.features[SpeechService], seal, parts.api_url, parts.clock)
        sids = NumberSids(bytes.fromhex(seal.digest(f"{DIALECT} numbers", "SID")))
        signing_in = SigningIn(auth, parts.guesses)
        open: dict[str, Open] = {
            "POST /api/accounts/login": signing_in.login,
            "POST /api/accounts/token/refresh": signing_in.refresh,
            f"GET {PATH}": links.serve,
        }
        return cls(Routes(auth, _operations(parts, links, sids), open, parts.guesses), Notifications())

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Every operation's paths."""
        return self._routes.routes()

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error in the envelope."""
        return self._routes.render_error(status, sentence)

    def inbound_data(self, settings: Mapping[str, Any]) -> CallData | None:
        """TingTing's document has no inbound calls."""
        return None

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        """None: customers ask for reports."""
        return await self._notifications.callbacks(event, data)

    async def sign(self, delivery: DeliveryRow, attempt: int) -> Mapping[str, str]:
        """Nothing is delivered."""
        return {}

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        """Nothing is delivered."""
        return ""


def _operations(parts: VendorParts, links: SpokenLinks, sids: NumberSids) -> dict[str, Handler]:
    features, clock = parts.features, parts.clock
    campaigns, sales = features[CampaignService], features[NumberSales]
    files = Files(features[UploadService], parts.prompts)
    filling = Filling(campaigns, files, features[Sheets])
    return (
        UserOperations(features[CallerIds]).operations()
        | NumberOperations(sales, sids).operations()
        | CampaignOperations(campaigns, filling).operations()
        | ContactOperations(campaigns).operations()
        | CallOperations(campaigns, files, clock).operations()
        | ReportOperations(campaigns).operations()
        | VoiceOperations(links, campaigns).operations()
        | PasscodeOperations(features[PasscodeService]).operations()
        | NewerCampaignOperations(campaigns, sales, files, clock).operations()
        | NewerContactOperations(campaigns, filling).operations()
    )


VENDOR = TingTing
