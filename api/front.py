"""The HTTP side of a controller: the vendors' APIs and our own one, callbacks, questions, recordings, metrics."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from api import __version__
from api.app import build_app
from api.callbacks.audience import RequestHearers
from api.callbacks.delivery import Delivery
from api.callbacks.mail import Mailer
from api.callbacks.publisher import Publisher
from api.callbacks.signer_protocol import Signer
from api.callbacks.subscribers import SubscriptionHearers
from api.callbacks.subscription_signer import SubscriptionSigner
from api.dialects import OWN
from api.dialogue import Dialogue
from api.exchange import About, StoredExchangeLog
from api.foundation import Foundation
from api.inbound import Inbound, data_of
from api.own.admin.app import build_admin
from api.own.metrics import Metrics
from api.own.routes import public_routes
from api.own.services import Addresses, OwnServices
from api.recordings import Recordings
from api.serving import listening, places
from api.settings import Settings
from api.sip_socket import SipSocket
from api.vendors.parts import VendorParts
from api.vendors.vendor import AskingVendor, Question, Vendor
from engine.addresses import bracketed
from engine.engine import Engine
from engine.events import QuestionAsked
from engine.features.applications.model import Application
from engine.features.call_history.views import CallHistory
from engine.features.health.views import StoreHealth
from engine.features.questions.service import QuestionLog
from engine.features.recordings.service import RecordingService
from engine.features.subscriptions.live import LiveEvents
from engine.features.subscriptions.service import SubscriptionService
from engine.media import Links
from engine.model.call_data import CallData
from engine.platform.feature import Features

log = structlog.get_logger(__name__)


class Front:
    """Made after the features and the engine; `serving` is its life. `kinds` are the vendors' classes."""

    def __init__(
        self, settings: Settings, base: Foundation, features: Features, engine: Engine, kinds: Sequence[type[Vendor]]
    ) -> None:
        self.settings, self.base, self.features, self.engine = settings, base, features, engine
        self.dialects = tuple(kind.describe() for kind in kinds)
        self.recordings = Recordings(features[RecordingService], Links(settings.secret), settings.api_url)
        parts = self._parts()
        self.vendors: dict[str, Vendor] = {vendor.name: vendor for vendor in (kind.make(parts) for kind in kinds)}
        inbound, platform = Inbound(features, self.vendors), base.platform
        asking = {name: vendor.questions for name, vendor in self.vendors.items() if vendor.questions is not None}
        journal = StoredExchangeLog(features[QuestionLog])
        self.dialogue = Dialogue(engine, base.net, base.accounts, asking, inbound.data_of_question, journal)
        subscriptions = features[SubscriptionService]
        signers: dict[str, Signer] = {**self.vendors, OWN.name: SubscriptionSigner(subscriptions, platform.clock)}
        mailer = Mailer(settings.mail_server)
        database, writer = platform.database, platform.writer
        self.delivery = Delivery(database, writer, base.net, base.accounts, signers, mailer=mailer)
        self.hearers = RequestHearers(database, self.vendors, inbound)
        subscribers = SubscriptionHearers(subscriptions, features[CallHistory].get, self.vendors)
        platform.consumers.add(Publisher(writer, (self.hearers, subscribers), self.delivery))
        health, counts = features[StoreHealth], self.delivery.counts
        self.metrics = Metrics(health, counts, features.metrics, platform.consumers)
        base.client.metrics = self.metrics
        platform.on_commit(lambda committed: self.metrics.feed(stored.event for stored in committed))

    def _parts(self) -> VendorParts:
        settings, base = self.settings, self.base
        return VendorParts(
            engine=self.engine,
            features=self.features,
            cache=base.platform.cache,
            accounts=base.accounts,
            recordings=self.recordings,
            live=self.engine.live,
            inquire=self.inquire,
            guesses=base.guesses,
            clients=base.clients,
            prompts=base.platform.prompts,
            seal=base.seal,
            api_url=settings.api_url,
            mounted_at=settings.mounted_at,
            sip_host=bracketed(settings.reached_at),
            sip_port=settings.sip_port,
            replay_seconds=settings.replay_seconds,
        )

    def data_of(self, application: Application) -> CallData | None:
        """Return the data of an application's inbound calls."""
        return data_of(self.vendors, application)

    def ask(self, question: QuestionAsked) -> None:
        """Put a call's question to its customer."""
        self.dialogue.ask(question)

    async def inquire(
        self, vendor: AskingVendor, question: Question, about: About
    ) -> tuple[bytes | None, tuple[str, ...]]:
        """Put a question that belongs to no call yet; returns the answer, and remarks."""
        return await self.dialogue.inquire(vendor, question, about)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Listen for requests; leaving the block ends that."""
        services = self._services()
        sip = SipSocket(self.settings.sip_websocket_url, self.base.guesses, self.base.clients)
        public = build_app(
            engine=self.engine,
            accounts=self.base.accounts,
            delivery=self.delivery,
            recordings=self.recordings,
            vendors=self.vendors.values(),
            routes=[*public_routes(services), *sip.routes()],
        )
        admin = build_admin(services, self.metrics)
        async with listening(places(self.settings, public, admin, self.base.clients)):
            log.info("the API listens", api=self.settings.api_url)
            try:
                yield
            finally:
                self.features[LiveEvents].close()
                sip.close()
                for vendor in self.vendors.values():
                    await vendor.leave()

    def _services(self) -> OwnServices:
        settings, base = self.settings, self.base
        return OwnServices(
            engine=self.engine,
            platform=base.platform,
            features=self.features,
            accounts=base.accounts,
            delivery=self.delivery,
            recordings=self.recordings,
            client=base.client,
            connected=lambda: self.engine.available,
            redis=base.redis,
            addresses=Addresses(
                api=settings.api_url,
                sip_host=bracketed(settings.reached_at),
                sip_port=settings.sip_port,
                sip_tls_port=settings.sip_tls_port,
                listening=settings.listening,
            ),
            admin_token=settings.admin_token,
            folders={"data": settings.data, "prompts": settings.prompts, "recordings": settings.recordings},
            dialects=self.dialects,
            lab=base.lab,
            lab_smsc=base.lab_smsc,
            lab_carriers=settings.lab_carriers,
            lab_sip_port=settings.lab_sip_port,
            guesses=base.guesses,
            version=__version__,
        )
