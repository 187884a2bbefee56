"""The composition root: settings, store, engine, features, vendors, apps; one process, started by `python -m api`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from api.callbacks.mail_post import post_of
from api.callbacks.subscribers import checked_url
from api.foundation import Foundation
from api.front import Front
from api.life import started
from api.process import keep_collections_short, run
from api.settings import Settings
from api.vendors.registry import vendors
from engine.engine import Engine, Parts
from engine.features.accounts.feature import AccountsFeature
from engine.features.admission import Admission
from engine.features.applications.feature import ApplicationsFeature
from engine.features.applications.model import Application
from engine.features.billing.feature import BillingFeature
from engine.features.call_history.feature import CallHistoryFeature
from engine.features.caller_ids.feature import CallerIdsFeature
from engine.features.campaigns.feature import CampaignsFeature
from engine.features.destinations.feature import DestinationsFeature
from engine.features.endpoints.feature import EndpointsFeature
from engine.features.endpoints.lamps import Lamps
from engine.features.groups.feature import GroupsFeature
from engine.features.guesses.feature import GuessesFeature
from engine.features.health.feature import HealthFeature
from engine.features.messaging.configuration.smscs import Smscs
from engine.features.messaging.feature import MessagingFeature
from engine.features.messaging.service import MessageService
from engine.features.numbers.directory import Directory
from engine.features.numbers.feature import NumbersFeature
from engine.features.pairs.feature import PairsFeature
from engine.features.passcodes.feature import PasscodesFeature
from engine.features.questions.feature import QuestionsFeature
from engine.features.recordings.feature import RecordingsFeature
from engine.features.retention.feature import RetentionFeature
from engine.features.rooms.feature import RoomsFeature
from engine.features.scheduled_calls.feature import ScheduledCallsFeature
from engine.features.sheets.feature import SheetsFeature
from engine.features.speech.feature import SpeechFeature
from engine.features.subscriptions.feature import SubscriptionsFeature
from engine.features.trunks.feature import TrunksFeature
from engine.features.uploads.feature import UploadsFeature
from engine.features.users.feature import UsersFeature
from engine.features.voicemail.feature import VoicemailFeature
from engine.model.call_data import CallData
from engine.platform.feature import Features
from engine.remote.inbox import Inbox
from engine.settings import EngineSettings

log = structlog.get_logger(__name__)
VENDORS = vendors()
DIALECTS = tuple(vendor.describe() for vendor in VENDORS)


class Controller:
    """Everything of this process, put together; `running` is its life."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.base = settings, Foundation(settings)
        self.platform, self.steering = self.base.platform, self.base.steering
        self.features = Features(self.platform)
        self.engine = Engine(self._with_features(settings))
        self.engine.carries_out(self.features.commands)
        application = settings.ari_application
        self.inbox = Inbox(self.platform.database, self.platform.writer, self.base.redis, self.engine, application)
        self.front = Front(settings, self.base, self.features, self.engine, VENDORS)

    def _with_features(self, settings: Settings) -> Parts:
        """Add what this installation can do, each feature once; returns what the engine is made of."""
        on, provisioner, add = self.platform, self.base.provisioner, self.features.add
        billing = add(BillingFeature(on))
        admission = Admission(on.database, on.cache, billing.rates, self.base.counters, bars=on.bars)
        leading = add(DestinationsFeature(on, self._data_of))
        self.trunks = add(TrunksFeature(on, provisioner, settings.own_addresses, settings.asterisk_log))
        lamps = Lamps(self.base.client)
        self.endpoints = endpoints = add(EndpointsFeature(on, provisioner, self.trunks.trunks, lamps))
        add(NumbersFeature(on, leading.registry, settings.number_pool, settings.price_of_number))
        add(GroupsFeature(on, leading.registry))
        guesses = add(GuessesFeature(on)).service
        add(RoomsFeature(on, guesses, leading.registry))
        add(ApplicationsFeature(on, DIALECTS))
        add(AccountsFeature(on, DIALECTS, settings.number_pool, endpoints.extensions, billing.rates.load))
        add(UsersFeature(on))
        post, code = post_of(settings.mail_server), settings.voicemail_code
        add(VoicemailFeature(on, leading.registry, guesses, lamps=lamps, post=post, code=code))
        add(ScheduledCallsFeature(on, admission.check, lambda: self.engine))
        add(PairsFeature(on, admission.check, lambda: self.engine))
        per_hour = settings.confirmations_per_hour
        phones = self.base.phones
        add(MessagingFeature(on, leading.registry, self._data_of, phones, confirmations_per_hour=per_hour))
        add(CallerIdsFeature(on, admission.check, lambda: self.engine, self.features[MessageService]))
        add(CampaignsFeature(on, admission, lambda: self.engine, self.features[MessageService]))
        add(PasscodesFeature(on, admission.check, lambda: self.engine, self.features[MessageService]))
        add(CallHistoryFeature(on))
        add(QuestionsFeature(on))
        add(UploadsFeature(on))
        add(SheetsFeature())
        add(SpeechFeature(on))
        add(RecordingsFeature(on, settings.s3_endpoint))
        add(SubscriptionsFeature(on, checked_url, mails=settings.mail_server is not None))
        add(HealthFeature(on))
        add(RetentionFeature(on, settings.kept))
        return Parts(
            client=self.base.client,
            database=on.database,
            writer=on.writer,
            prompts=on.prompts,
            files=on.files,
            admission=admission,
            directory=Directory(on.cache, leading.registry, on.codes),
            settings=EngineSettings(ari_application=settings.ari_application, recordings=settings.recordings),
            on_media_server=self._on_media_server,
            on_question=lambda question: self.front.ask(question),
            conversations=on.conversations,
            rules_of=on.rules_of,
            on_unmatched=self.trunks.watch.unmatched.note,
        )

    def _data_of(self, application: Application) -> CallData | None:
        return self.front.data_of(application)  # which is made behind the features

    async def _on_media_server(self) -> None:
        await self.endpoints.all.push_all()
        await self.features.on_media_server()

    async def run(self) -> None:
        """Run until a signal, a lost lease, or a take-over; calls stay up in Asterisk."""
        async with self.running():
            ends = (self.steering.stopping, self.engine.replaced, self.platform.writer.fenced)
            waiting = [asyncio.create_task(end.wait(), name="end of the controller") for end in ends]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            self.steering.leaving = True
            log.info("the controller leaves; calls stay up in Asterisk", calls=len(self.engine.registry))
            await self.engine.stop()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start everything in order; leaving the block stops it in the opposite one."""
        front = self.front
        async with self.base.opened():
            await self.trunks.trunks.ensure_lab(self.settings.lab_address, self.settings.lab_sip_port)
            if self.settings.lab_smsc_password:
                lab = (self.settings.lab_smsc_port, self.settings.lab_smsc_password)
                await self.features[Smscs].ensure_lab(*lab)
            await self.platform.cache.load()
            await self.base.counters.reconcile()
            await front.hearers.start()
            # The features first: a delivery needs the subscriptions in memory.
            async with started(self.features, front.delivery, self.platform, front.dialogue):
                keep_collections_short()
                async with started(self.engine, self.inbox), front.serving():
                    yield


def main() -> int:
    """Run the controller; returns the exit status."""
    return run(Controller)


if __name__ == "__main__":
    sys.exit(main())
