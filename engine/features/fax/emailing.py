"""Mails of faxes: one that came in goes to its box's addresses as a PDF, with a picture of its first page; what became
of one that was sent to its own.

The event of a fax is consumed: in the transaction of the cursor each address's mail becomes work that is due. What the
mail server does not take now is tried again for five days (RFC 5321 section 4.5.4.1).
"""

import hashlib
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

import msgspec
import structlog
from sqlalchemy import Connection

from engine.commands import EngineUnavailable, LimitReached
from engine.events import Event
from engine.features.errors import FeatureError, NotThere
from engine.features.fax import store
from engine.features.fax.boxes import FaxBoxes
from engine.features.fax.events import FaxFailed, FaxNotEmailed, FaxReceived, FaxSent
from engine.features.fax.model import Fax, State, Way
from engine.features.fax.pages.model import What
from engine.features.fax.service import FaxService
from engine.ids import new_id
from engine.model.moment import moment
from engine.platform import due_work
from engine.platform.consumers import Done
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.post import NotSent, Post, Refused
from engine.platform.scheduler import Finish, Later
from engine.store import events
from engine.store.events import StoredEvent

log = structlog.get_logger(__name__)
KIND = "fax.mail"
AT_ONCE = 4
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3600.0
GIVEN_UP_AFTER = 5 * 86_400.0
MOST_ATTACHED = 15_000_000
"""Bytes of a PDF that is attached."""
MOST_SHOWN = 300_000
"""Bytes of a picture of the first page; only that of a page that is longer than A4 may have more."""


_STATES: dict[type[Event], str] = {FaxSent: State.SENT.value, FaxFailed: State.FAILED.value}
"""Of a fax that goes out, when its event happened."""


class _Wanted(msgspec.Struct, frozen=True):
    """The payload: which fax, to which address, since when it waits (Unix seconds), and of which event and state."""

    fax: str
    email: str
    since: float
    event: str
    state: str


class Emailing:
    """Consumes faxes; `send` does the work of the kind KIND."""

    name = "fax_mail"
    kinds: frozenset[type[Event]] | None = frozenset({FaxReceived, FaxSent, FaxFailed})

    def __init__(self, platform: Platform, service: FaxService, boxes: FaxBoxes, post: Post) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler, self._service, self._boxes, self._post = platform.scheduler, service, boxes, post

    async def handle(self, happened: Sequence[StoredEvent], done: Done) -> None:
        """Schedule the mails, in the transaction that moves the cursor (`done`)."""
        now = self._clock()

        def unit(conn: Connection) -> None:
            for one in happened:
                fax = store.get(conn, one.event.subject)
                for email in self._emails(fax) if fax else ():
                    state = _STATES.get(type(one.event)) or (fax.state.value if fax else "")
                    wanted = _Wanted(one.event.subject, email, now, one.event.id, state)
                    id = f"{KIND}:{one.event.id}:{email}"
                    payload = msgspec.json.encode(wanted).decode()
                    due_work.put(conn, DueWork(id=id, kind=KIND, at=now, account=one.event.account, payload=payload))
            done(conn)

        await self._writer.write(unit)
        self._scheduler.wake()

    async def send(self, work: DueWork, finish: Finish) -> None:
        """Send one mail; of a fax that was deleted meanwhile none."""
        wanted = msgspec.json.decode(work.payload, type=_Wanted)
        fax = await self._db.read(lambda conn: store.get(conn, wanted.fax))
        if fax is None:
            return
        fax = msgspec.structs.replace(fax, state=State(wanted.state))
        try:
            pdf, picture = await self._document(fax, "pdf", MOST_ATTACHED), await self._document(fax, "png", MOST_SHOWN)
        except (EngineUnavailable, LimitReached) as error:  # too many documents are converted
            raise Later(self._clock() + FIRST_PAUSE, str(error)) from error
        try:
            await self._post.send(fax.account, letter(fax, wanted.email, pdf, picture, wanted.event))
        except NotSent as error:
            now = self._clock()
            waited = now - wanted.since
            if waited < GIVEN_UP_AFTER:
                raise Later(now + min(max(waited, FIRST_PAUSE), LONGEST_PAUSE), str(error)) from error
            await self._give_up(fax, wanted.email, str(error), finish)
        except Refused as error:
            await self._give_up(fax, wanted.email, str(error), finish)

    def _emails(self, fax: Fax) -> tuple[str, ...]:
        if fax.way is Way.OUT:
            return fax.emails
        try:
            return self._boxes.get(fax.account, fax.box).emails if fax.box else ()
        except NotThere:
            return ()

    async def _document(self, fax: Fax, what: What, most: int) -> bytes | None:
        """Return a fax that came in as a document; None: it is too large, or cannot be made."""
        if fax.way is Way.OUT:
            return None
        try:
            content = await self._service.document(fax.account, fax.id, what)
        except FeatureError:
            return None
        return content if len(content) <= most else None

    async def _give_up(self, fax: Fax, email: str, why: str, finish: Finish) -> None:
        log.warning("The mail of a fax was given up.", fax=fax.id, error=why)
        event = FaxNotEmailed(
            id=new_id("event"), account=fax.account, subject=fax.id, root=fax.id, at=self._clock(), email=email,
            error=why,
        )  # fmt: skip

        def unit(conn: Connection) -> None:
            events.append(conn, event)
            finish(conn)

        await self._writer.write(unit)


def letter(fax: Fax, email: str, pdf: bytes | None, picture: bytes | None, event: str) -> EmailMessage:
    """Return the mail of an event, without From; it has the same Message-ID in each attempt.

    `pdf` is attached; `picture`, a PNG, is shown below the text (Content-Disposition inline, RFC 2183 section 2.1).
    """
    mail = EmailMessage(policy=SMTP)
    mail["To"] = email
    mail["Subject"] = _subject(fax)
    mail["Date"] = formatdate(fax.ended or fax.created)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    mail["Carillon-Event"] = "fax.received" if fax.way is Way.IN else f"fax.{fax.state.value}"
    fields = [
        ("from" if fax.way is Way.IN else "to", f"+{fax.number}" if fax.number else "an unknown number"),
        ("state", fax.state.value),
        ("pages", f"{fax.confirmed} of {fax.pages}" if fax.way is Way.OUT else str(fax.pages)),
        ("time", moment(fax.ended or fax.created)),
        ("subject", fax.subject),
        ("reason", fax.detail),
        ("id", fax.id),
    ]
    if fax.way is Way.IN and pdf is None:
        fields.append(("pages", "are not attached: they are too large, or not there any more"))
    mail.set_content("".join(f"{name}: {value}\n" for name, value in fields if value))
    if picture is not None:
        mail.add_attachment(picture, maintype="image", subtype="png", filename=f"{fax.id}.png", disposition="inline")
    if pdf is not None:
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{fax.id}.pdf")
    mail["Message-ID"] = f"{event}.{hashlib.sha256(email.encode()).hexdigest()[:12]}"
    return mail


def _subject(fax: Fax) -> str:
    number = f"+{fax.number}" if fax.number else "an unknown number"
    if fax.way is Way.IN:
        return f"Fax from {number}" + (" (incomplete)" if fax.state is State.PARTIAL else "")
    return f"Fax to {number} was sent" if fax.state is State.SENT else f"Fax to {number} failed"
