"""Faxes: sent, received, and sent on by e-mail."""

from collections.abc import Callable

from sqlalchemy import Connection

from engine.features.destinations.registry import Destinations
from engine.features.fax import emailing, sending, service, store, sweeping, taking
from engine.features.fax.boxes import FaxBoxes
from engine.features.fax.destination import FaxKind
from engine.features.fax.emailing import Emailing
from engine.features.fax.events import FaxAttemptFailed, FaxFailed, FaxNotEmailed, FaxReceived, FaxSent
from engine.features.fax.files import FaxFiles
from engine.features.fax.making import Check
from engine.features.fax.pages.converting import Pages
from engine.features.fax.sending import Placing, Sending
from engine.features.fax.service import FaxService
from engine.features.fax.sweeping import Sweeping
from engine.features.fax.tables import fax_attempts, fax_boxes, faxes
from engine.features.fax.taking import Taking
from engine.features.files.service import FileService
from engine.platform.catalogue import Entry, only
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.platform.post import Post
from engine.platform.scheduler import Timer

_SUBJECT = "fax"


class FaxFeature(Feature):
    """Faxes. `check` refuses numbers; `engine` places calls, and is asked for then."""

    name = "fax"
    events = (FaxSent, FaxFailed, FaxAttemptFailed, FaxReceived, FaxNotEmailed)
    announces = (
        Entry("fax.sent", FaxSent, only("number", "own", "pages", "attempts", "call"), subject=_SUBJECT),
        Entry(
            "fax.failed", FaxFailed, only("number", "own", "pages", "confirmed", "attempts", "error", "detail"),
            subject=_SUBJECT,
        ),
        Entry(
            "fax.attempt_failed", FaxAttemptFailed,
            only("number", "own", "attempt", "confirmed", "error", "detail", "call", "again"), subject=_SUBJECT,
        ),
        Entry("fax.received", FaxReceived, only("number", "own", "pages", "partial", "box", "call"), subject=_SUBJECT),
        Entry("fax.not_emailed", FaxNotEmailed, only("email", "error"), subject=_SUBJECT),
    )  # fmt: skip
    tables = (faxes, fax_attempts, fax_boxes)

    def __init__(
        self,
        platform: Platform,
        destinations: Destinations,
        check: Check,
        engine: Callable[[], Placing],
        uploaded: FileService,
        files: FaxFiles,
        *,
        post: Post | None = None,
    ) -> None:
        pages, cache = Pages(), platform.cache
        self._service = FaxService(platform, check, uploaded, pages, files)
        self._boxes = FaxBoxes(platform, destinations)
        self._sending, taken = Sending(platform, engine, files), Taking(platform, files, pages)
        self._sweeping = Sweeping(platform, files)
        self.services = (self._service, self._boxes)
        self.consumers = (self._sending, taken)
        self.expires = {"faxes": self._service.expire}
        self.timers = {
            service.SEND: Timer(self._sending.send, at_once=sending.AT_ONCE),
            service.REMOVE: Timer(self._service.delete_pages, at_once=taking.AT_ONCE),
            taking.KIND: Timer(taken.take, at_once=taking.AT_ONCE),
            sweeping.KIND: Timer(self._sweeping.sweep, at_once=1),
        }
        if post:
            mails = Emailing(platform, self._service, self._boxes, post)
            self.consumers = (*self.consumers, mails)
            self.timers |= {emailing.KIND: Timer(mails.send, at_once=emailing.AT_ONCE)}
        self.destinations = (FaxKind(self._boxes),)
        platform.on_commit(self._sending.freed)
        platform.on_refresh(lambda: self._boxes.keep(lambda account: cache.find(account) is not None))

    def leave(self, conn: Connection, account: str) -> None:
        """Let go of the pages of an account's faxes."""
        for fax in store.of_account(conn, account):
            self._service.let_go(conn, fax)

    async def start(self) -> None:
        """Read the boxes, and follow the calls of earlier controllers."""
        await self._boxes.load()
        await self._sending.start()
        await self._sweeping.start()
