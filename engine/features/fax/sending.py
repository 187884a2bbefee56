"""Sends faxes: places a call for each attempt, and decides from how it ended what comes next.

1. A fax that is due is noted as being sent, with an attempt whose call's id is known before the call is placed: a
   controller that comes after kill -9 finds the call, or places it under the same id.
2. The result of the task (SendFax) is noted on the attempt; the end of the call ends it.
3. Then the fax is sent, tried again at its time (engine.features.fax.ladder), or given up: the change, its event and
   the next attempt's work are one transaction.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from engine.commands import Command, CommandRefused, EngineUnavailable, LimitReached, PlaceCall
from engine.events import CallEnded, Event, TaskEnded
from engine.features.fax import ladder, store
from engine.features.fax.events import FaxAttemptFailed, FaxFailed, FaxSent
from engine.features.fax.files import FaxFiles, sent_name
from engine.features.fax.model import Attempt, Fax, State
from engine.features.fax.service import SEND
from engine.ids import new_id
from engine.model.cause import HangupCause
from engine.model.leg_options import LegOptions
from engine.platform import due_work
from engine.platform.consumers import Done
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import AccountMustWait, Finish, Later, is_last_attempt
from engine.store import calls, events
from engine.store.errors import StoreError
from engine.store.events import StoredEvent
from engine.tasks.fax import SendFax
from engine.tasks.hang_up import HangUp
from engine.tasks.results import Completed, Faxed

log = structlog.get_logger(__name__)
AT_ONCE = 50
LONGEST_HEADER = 50
"""Characters; of more spandsp writes none (T30_MAX_PAGE_HEADER_INFO of spandsp/t30.h)."""
AGAIN_SECONDS = 1.0
"""Until the next look where the engine takes no calls."""
REFUSED, FAILED, LOST = "not_allowed", "error", "file_missing"
"""Errors of attempts whose call was not placed."""
R = TypeVar("R")


class Placing(Protocol):
    """Who places calls: the engine."""

    async def ready(self) -> None:
        """Wait until calls are taken, or never will be again."""

    async def submit(self, command: Command[R]) -> R:
        """Carry out a command; raises CommandRefused."""


class Sending:
    """Consumes what becomes of the calls of attempts (`live`, by their ids); `send` does the work of the kind SEND."""

    name = "faxes"
    kinds: frozenset[type[Event]] | None = frozenset({TaskEnded, CallEnded})

    def __init__(self, platform: Platform, engine: Callable[[], Placing], files: FaxFiles) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler, self._engine, self._files = platform.scheduler, engine, files
        self.live: set[str] = set()

    async def start(self) -> None:
        """Follow the calls of earlier controllers."""
        self.live.update(await self._db.read(store.live))

    async def send(self, work: DueWork, finish: Finish) -> None:
        """Place the call of a fax whose time has come."""
        attempt = await self._writer.write(lambda conn: self._attempted(conn, work))
        if attempt is None:
            return
        fax, placed = await self._db.read(lambda conn: (store.get(conn, work.id), calls.get(conn, attempt.call)))
        if fax is None or placed is not None:
            return  # by a controller that ended before it could note that
        self.live.add(attempt.call)
        try:
            await self._files.kept.copy(fax.kept, self._files.exchanged, sent_name(attempt.call))
        except FileNotFoundError:
            return await self._given_up(fax, attempt, LOST, "The fax's pages are lost.", finish)
        except OSError as error:  # such as a full disk
            raise Later(self._clock() + AGAIN_SECONDS, f"The fax's pages cannot be handed over: {error}.") from error
        await self._engine().ready()
        try:
            await self._engine().submit(_command(fax, attempt, self._clock()))
        except EngineUnavailable as error:
            raise Later(self._clock() + AGAIN_SECONDS, str(error)) from error
        except LimitReached as error:
            raise AccountMustWait(str(error)) from error
        except CommandRefused as error:
            await self._given_up(fax, attempt, REFUSED, str(error), finish)
        except StoreError:
            raise
        except Exception:
            if not is_last_attempt(work):
                raise
            log.exception("A fax could not be sent.", fax=fax.id)
            await self._given_up(fax, attempt, FAILED, "The fax could not be sent; the engine's log says why.", finish)

    def freed(self, stored: Sequence[StoredEvent]) -> None:
        """Let an account's faxes go on when one of its calls has ended."""
        for account in {each.event.account for each in stored if isinstance(each.event, CallEnded)}:
            self._scheduler.let_go(SEND, account, self._clock())

    async def handle(self, happened: Sequence[StoredEvent], done: Done) -> None:
        """Take events of all calls, oldest first."""
        ours = [each.event for each in happened if each.event.subject in self.live]
        if not ours:
            return

        def unit(conn: Connection) -> list[float]:
            due = [at for event in ours if (at := self._heard(conn, event)) is not None]
            done(conn)
            return due

        for at in await self._writer.write(unit):
            self._scheduler.wake(at)
        for event in ours:
            if isinstance(event, CallEnded):
                self.live.discard(event.subject)
                await self._remove(event.subject)

    async def _remove(self, call: str) -> None:
        """Remove what was sent in a call from beside the recordings."""
        try:
            await self._files.exchanged.remove(sent_name(call))
        except OSError as error:
            log.warning("The pages of a fax were left beside the recordings.", call=call, error=str(error))

    def _attempted(self, conn: Connection, work: DueWork) -> Attempt | None:
        """Return the attempt that is to be made, which is stored with the fax's state; None: none is.

        The work's payload is the rung, "" for the first one.
        """
        fax = store.get(conn, work.id)
        if fax is None or fax.final or fax.at > self._clock() + 1.0:  # it was moved meanwhile
            return None
        made = store.attempts(conn, work.id)
        if made and made[-1].ended is None:
            return made[-1]
        attempt = Attempt(
            call=new_id("call"), fax=fax.id, account=fax.account, number=len(made) + 1, begun=self._clock(),
            rung=int(work.payload or 0),
        )  # fmt: skip
        store.add_attempt(conn, attempt)
        store.change(conn, fax.id, state=State.SENDING, attempts=fax.attempts + 1, call=attempt.call)
        return attempt

    def _heard(self, conn: Connection, event: Event) -> float | None:
        """Note an event of an attempt's call; returns when the next attempt is due, None: none is."""
        attempt = store.attempt(conn, event.subject)
        if attempt is None or attempt.ended is not None:
            return None
        if isinstance(event, TaskEnded):
            if isinstance(event.outcome, Completed) and isinstance(faxed := event.outcome.result, Faxed):
                store.change_attempt(conn, attempt.call, **_measured(faxed))
            return None
        assert isinstance(event, CallEnded)
        return self._ended(conn, attempt, event)

    def _ended(self, conn: Connection, attempt: Attempt, event: CallEnded) -> float | None:
        fax = store.get(conn, attempt.fax)
        error, detail = attempt.error, attempt.detail
        cause = HangupCause(event.cause) if event.cause in set(HangupCause) else None
        if not attempt.sent and not error:
            error = event.cause if not event.answered else ladder.CUT
            detail = "The call ended before the fax did." if event.answered else ladder.unanswered(event.cause)
        store.change_attempt(conn, attempt.call, ended=event.at, error=error, detail=detail)
        if fax is None:
            return None
        what = {name: getattr(attempt, name) for name in ("rate", "ecm", "t38", "station")}
        if attempt.sent:
            store.change(conn, fax.id, state=State.SENT, ended=event.at, confirmed=attempt.pages, error="", detail="",
                         **what)  # fmt: skip
            sent = FaxSent(**_about(fax, event.at), pages=attempt.pages, attempts=fax.attempts, call=attempt.call)
            events.append(conn, sent)
            return None
        store.change(conn, fax.id, confirmed=attempt.pages, error=error, detail=detail, **what)
        again = ladder.again(attempt, cause, answered=event.answered)
        if again is None or fax.attempts > fax.retries:
            _failed(conn, fax, attempt.pages, error, detail, event.at)
            return None
        at = event.at + (again[0] if fax.wait_seconds is None else fax.wait_seconds)
        store.change(conn, fax.id, state=State.QUEUED, at=at)
        due_work.put(conn, DueWork(id=fax.id, kind=SEND, at=at, account=fax.account, payload=str(again[1])))
        failed = FaxAttemptFailed(
            **_about(fax, event.at), attempt=fax.attempts, confirmed=attempt.pages, error=error, detail=detail,
            call=attempt.call, again=at,
        )  # fmt: skip
        events.append(conn, failed)
        return at

    async def _given_up(self, fax: Fax, attempt: Attempt, error: str, detail: str, finish: Finish) -> None:
        def unit(conn: Connection) -> None:
            now = self._clock()
            finish(conn)
            store.change_attempt(conn, attempt.call, ended=now, error=error, detail=detail)
            store.change(conn, fax.id, error=error, detail=detail)
            if (found := store.get(conn, fax.id)) is not None:
                _failed(conn, found, 0, error, detail, now)

        await self._writer.write(unit)
        self.live.discard(attempt.call)
        await self._remove(attempt.call)


def _failed(conn: Connection, fax: Fax, confirmed: int, error: str, detail: str, at: float) -> None:
    store.change(conn, fax.id, state=State.FAILED, ended=at)
    failed = FaxFailed(
        **_about(fax, at), pages=fax.pages, confirmed=confirmed, attempts=fax.attempts, error=error, detail=detail
    )
    events.append(conn, failed)


def _about(fax: Fax, at: float) -> dict[str, Any]:
    base = {"id": new_id("event"), "account": fax.account, "subject": fax.id, "root": fax.id, "at": at}
    return base | {"number": fax.number, "own": fax.own}


def _measured(faxed: Faxed) -> dict[str, Any]:
    names = ("sent", "pages", "error", "detail", "rate", "ecm", "t38", "station")
    return {name: getattr(faxed, name) for name in names}


def _command(fax: Fax, attempt: Attempt, now: float) -> PlaceCall:
    rung = ladder.RUNGS[attempt.rung]
    send = SendFax(
        file=sent_name(attempt.call),
        station=f"+{fax.own}"[:20] if fax.own else "",
        header=_header(fax, now) if fax.header else "",
        ecm=rung.ecm,
        rate=rung.rate,
    )
    return PlaceCall(
        account=fax.account,
        id=attempt.call,
        callee=fax.number,
        options=LegOptions(caller=fax.own or None),
        tasks=(send, HangUp()),
    )


def _header(fax: Fax, now: float) -> str:
    """What stands at the top of each page, before its number, which Asterisk adds (47 CFR 68.318(d) asks for it)."""
    name = "".join(letter if " " <= letter <= "~" and letter not in ",\"\\" else "?" for letter in fax.from_name)
    moment = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M} UTC"
    rest = f"+{fax.own} {moment}" if fax.own else moment
    return f"{name[: LONGEST_HEADER - len(rest) - 1].strip()} {rest}".strip()
