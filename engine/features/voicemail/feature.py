"""Voicemail: boxes, their greetings, and the messages that callers leave in them."""

from collections.abc import Iterable

from sqlalchemy import Connection

from engine.features.destinations.registry import Destinations
from engine.features.endpoints.lamps import Lamps
from engine.features.guesses.service import Guesses
from engine.features.users.passwords import Passwords
from engine.features.voicemail import announced
from engine.features.voicemail import sweeping as sweeping_module
from engine.features.voicemail import taking as taking_module
from engine.features.voicemail.destination import VoicemailKind
from engine.features.voicemail.directory import BoxDirectory, DirectoryFollower
from engine.features.voicemail.emailing import sending
from engine.features.voicemail.emailing.events import VoicemailNotEmailed
from engine.features.voicemail.emailing.sending import Emailing
from engine.features.voicemail.events import (
    VoicemailCounted,
    VoicemailDeleted,
    VoicemailFailed,
    VoicemailRead,
    VoicemailReceived,
)
from engine.features.voicemail.greetings import SCHEME
from engine.features.voicemail.listening.conversation import Listening
from engine.features.voicemail.listening.destination import CODE, MenuKind, dialled_by
from engine.features.voicemail.listening.place import TOPIC
from engine.features.voicemail.mwi import LampFollower
from engine.features.voicemail.service import VoicemailService
from engine.features.voicemail.shared import FILE_KIND, FILES_AT_ONCE, UPLOAD, Common, let_go
from engine.features.voicemail.store import boxes, messages
from engine.features.voicemail.sweeping import Sweeping
from engine.features.voicemail.tables import voicemail_boxes, voicemail_greetings, voicemails
from engine.features.voicemail.taking import Taking
from engine.platform.feature import Feature
from engine.platform.leads import Lead
from engine.platform.platform import Platform
from engine.platform.post import Post
from engine.platform.scheduler import Timer


class VoicemailFeature(Feature):
    """The boxes of accounts."""

    name = "voicemail"
    events = (
        VoicemailReceived, VoicemailRead, VoicemailDeleted, VoicemailFailed, VoicemailCounted, VoicemailNotEmailed,
    )  # fmt: skip
    announces = announced.ENTRIES
    tables = (voicemails, voicemail_greetings, voicemail_boxes)

    def __init__(
        self,
        platform: Platform,
        destinations: Destinations,
        guesses: Guesses,
        passwords: Passwords | None = None,
        *,
        lamps: Lamps | None = None,
        post: Post | None = None,
        code: str = CODE,
    ) -> None:
        self._directory = BoxDirectory(platform.database)
        common = Common(platform, destinations, self._directory, passwords or Passwords(), guesses)
        self.service = VoicemailService(common)
        self.services = (self.service,)
        taking, sweeping = Taking(common), Sweeping(common)
        self._lamps = LampFollower(platform, lamps) if lamps else None
        following = DirectoryFollower(self._directory)
        self.consumers = (taking, following, *([self._lamps] if self._lamps else []))
        self.expires = {"voicemail": sweeping.expire}
        self.timers = {
            taking_module.KIND: Timer(taking.take, at_once=taking_module.AT_ONCE),
            FILE_KIND: Timer(taking.remove_file, at_once=FILES_AT_ONCE),
            sweeping_module.KIND: Timer(sweeping.sweep, at_once=1),
        }
        if post:
            emailing = Emailing(platform, self.service, post)
            self.consumers = (*self.consumers, emailing)
            self.timers |= {sending.KIND: Timer(emailing.send, at_once=sending.AT_ONCE)}
        self.destinations = (VoicemailKind(self._directory, platform.kinds), MenuKind(self._directory))
        self.conversations = {TOPIC: Listening(platform, self.service)}
        self.codes = {code: dialled_by(self._directory)}
        self.sources = {SCHEME: self.service.prompt}
        self._sweeping, self._clock, cache = sweeping, platform.clock, platform.cache
        platform.on_refresh(lambda: self._directory.keep(lambda account: cache.find(account) is not None))

    def leads(self, conn: Connection, account: str) -> Iterable[Lead]:
        """Where 0 leads during the greetings of boxes."""
        return (Lead(f"the voicemail box {box.number}", box.zero) for box in boxes.list(conn, account))

    def leave(self, conn: Connection, account: str) -> None:
        """Let go of the files of an account's messages and greetings."""
        now = self._clock()
        for message in messages.of_account(conn, account):
            let_go(conn, message.file, now)
        for greeting in boxes.greetings_of(conn, account):
            let_go(conn, UPLOAD + greeting.file, now)

    async def on_media_server(self) -> None:
        """Light the lamps that are to be lit; raises AriError."""
        if self._lamps:
            await self._lamps.show_all()

    async def start(self) -> None:
        """Read the boxes."""
        await self._directory.load()
        await self._sweeping.start()
        if self._lamps:
            self._lamps.start()

    async def stop(self) -> None:
        """Light no lamps any more."""
        if self._lamps:
            await self._lamps.stop()
