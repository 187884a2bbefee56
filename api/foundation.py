"""What a controller stands on: the store, Redis with the lease, Asterisk's client, prompts and HTTP sessions."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from api.accounts import Accounts
from api.clients import Clients
from api.guess_throttle import Guesses
from api.lab import Lab
from api.lab_smsc.client import LabSmscClient
from api.own.metrics import MeasuredClient
from api.request_limit import RequestLimit
from api.settings import Settings
from api.steering import Steering, owner_of
from engine.addresses import bracketed
from engine.ari.client import AriClient
from engine.features.accounts.credentials import Credentials
from engine.features.endpoints.provisioner import Provisioner
from engine.features.messaging.carrier import Inbox
from engine.features.messaging.sip.carrier import SipCarrier, application_of
from engine.media import Prompts, PromptSettings
from engine.media.speech.registry import Voices
from engine.net import Net
from engine.platform.platform import Platform
from engine.redis.client import connect
from engine.redis.counters import Counters
from engine.tasks.secret import Seal


class Foundation:
    """Built from the settings alone; `opened` is its life."""

    def __init__(self, settings: Settings) -> None:
        application = settings.ari_application
        self.seal, self.net = Seal(settings.secret), Net()
        files = PromptSettings(media_root=settings.media_root, uploads=settings.data / "uploads")
        prompts = Prompts(self.net, settings.prompts, files, Voices.standard(settings.voices))
        self.platform = Platform.at(settings.database_url, application, prompts, settings.recordings, self.seal)
        self.redis = connect(settings.redis_url)
        self.steering = Steering(self.redis, self.platform.writer, application, owner_of(settings.data))
        self.client = MeasuredClient(
            settings.ari_url,
            settings.ari_user,
            settings.ari_password,
            application,
            before_command=self.steering.may_command,
        )
        self.provisioner = Provisioner(self.client)
        self._settings = settings
        self.counters = Counters(self.redis, application)
        self.accounts = Accounts(Credentials(self.platform.database))
        self.platform.on_refresh(self.accounts.forget)
        self.clients = Clients.read(settings.trusted_proxies)
        self.guesses = Guesses(self.clients, limit=RequestLimit(settings.requests_per_second))
        self.lab = Lab(settings.lab_ari_url, settings.lab_ari_password)
        self.lab_smsc = LabSmscClient(settings.lab_smsc_url, settings.lab_smsc_password)

    def phones(self, inbox: Inbox) -> SipCarrier:
        """Return the carrier of texts to and from the phones of extensions."""
        settings = self._settings
        client = AriClient(
            settings.ari_url,
            settings.ari_user,
            settings.ari_password,
            application_of(settings.ari_application),
            before_command=self.steering.may_command,
        )
        carrier = SipCarrier(client, inbox, bracketed(settings.reached_at))  # a From has no port
        self.provisioner.on_made(carrier.following.made)
        return carrier

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Bring the store to this version, wait for the lease and claim the store; leaving the block gives all back."""
        platform = self.platform
        async with AsyncExitStack() as stack:
            labs = (self.lab.close, self.lab_smsc.close)
            for close in (platform.database.close, self.redis.aclose, self.net.close, *labs):
                stack.push_async_callback(close)
            await platform.database.migrate()
            stack.push_async_callback(self.counters.stop)
            await self.steering.lease.acquire()
            stack.push_async_callback(self.steering.lease.release)
            await platform.writer.claim()
            stack.push_async_callback(platform.writer.stop)
            await platform.prompts.start()
            stack.push_async_callback(platform.prompts.close)
            yield
