"""Takes what was received: pages that a task received become a fax, once, whatever ends meanwhile.

The end of a task (ReceiveFax) is consumed: in the transaction of the cursor it becomes work that is due, which keeps
the pages, and then stores the fax with its event.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from engine.events import TaskEnded
from engine.features.fax import store
from engine.features.fax.destination import PURPOSE
from engine.features.fax.events import FaxReceived
from engine.features.fax.files import FaxFiles, fax_of
from engine.features.fax.ladder import CUT
from engine.features.fax.model import Fax, State, Way
from engine.features.fax.pages.converting import Pages
from engine.features.fax.pages.model import DocumentRefused
from engine.ids import new_id
from engine.model.call import Call
from engine.platform import due_work
from engine.platform.consumers import Done
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish, Later
from engine.store import calls, events, tasks
from engine.store.events import StoredEvent
from engine.tasks.fax import ReceiveFax
from engine.tasks.results import Completed, Discarded, Faxed

KIND = "fax.take"
AT_ONCE = 4
AGAIN_SECONDS = 30.0
_TASK = "receive_fax"


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The payload: how a fax was received, in which call, and when that was over (Unix seconds)."""

    call: str
    at: float
    faxed: Faxed


class Taking:
    """Consumes the ends of tasks; `take` does the work of the kind KIND, whose id is the fax's."""

    name = "faxes_received"
    kinds = frozenset({TaskEnded})

    def __init__(self, platform: Platform, files: FaxFiles, pages: Pages) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler = platform.scheduler
        self._files, self._pages = files, pages

    async def handle(self, happened: Sequence[StoredEvent], done: Done) -> None:
        """Schedule the faxes of what was received, in the transaction that moves the cursor (`done`)."""
        ended = [event for one in happened if isinstance(event := one.event, TaskEnded) and _may_be_ours(event)]

        def unit(conn: Connection) -> None:
            for event in ended:
                if (faxed := _faxed(conn, event)) is None:
                    continue
                payload = msgspec.json.encode(_Wanted(call=event.subject, at=event.at, faxed=faxed)).decode()
                id = f"{KIND}:{fax_of(faxed.file)}"
                due_work.put(conn, DueWork(id=id, kind=KIND, at=event.at, account=event.account, payload=payload))
            done(conn)

        await self._writer.write(unit)
        if ended:
            self._scheduler.wake()

    async def take(self, work: DueWork, finish: Finish) -> None:
        """Make a fax of pages; of none a fax that failed."""
        wanted = msgspec.json.decode(work.payload, type=_Wanted)
        id = fax_of(wanted.faxed.file)
        call = await self._db.read(lambda conn: calls.get(conn, wanted.call))
        if call is None:
            await self._files.exchanged.remove(wanted.faxed.file)
            return
        pages, size = await self._kept(wanted.faxed)
        fax = _fax(id, call, wanted, pages, size)

        def unit(conn: Connection) -> None:
            finish(conn)
            if store.get(conn, id) is None:
                store.insert(conn, fax)
                if pages:
                    events.append(conn, _event(fax))

        await self._writer.write(unit)
        await self._files.exchanged.remove(wanted.faxed.file)

    async def _kept(self, faxed: Faxed) -> tuple[int, int]:
        """Keep pages; returns how many there are (if they cannot be counted, as many as were confirmed) and bytes."""
        try:
            pages = await self._files.exchanged.read(faxed.file)
        except FileNotFoundError:
            return 0, 0
        except OSError as error:
            raise Later(self._clock() + AGAIN_SECONDS, f"The fax's pages cannot be read: {error}.") from error
        try:
            count = await self._pages.count(pages)
        except DocumentRefused:
            count = faxed.pages
        if count:
            try:
                await self._files.kept.write(faxed.file, pages)
            except OSError as error:  # such as a full disk
                raise Later(self._clock() + AGAIN_SECONDS, f"The fax's pages cannot be kept: {error}.") from error
        return count, len(pages) if count else 0


def _may_be_ours(event: TaskEnded) -> bool:
    return event.kind == _TASK and not isinstance(event.outcome, Discarded)


def _faxed(conn: Connection, event: TaskEnded) -> Faxed | None:
    """Return how a fax was received; of a task that was stopped or has failed what is known by the task; None: it is
    nothing of ours.
    """
    if isinstance(event.outcome, Completed) and isinstance(faxed := event.outcome.result, Faxed):
        return faxed if faxed.purpose.startswith(PURPOSE) else None
    row = tasks.get(conn, event.task)
    if row is None or not isinstance(row.task, ReceiveFax) or not row.task.purpose.startswith(PURPOSE):
        return None
    return Faxed(
        sent=False, pages=0, error=CUT, detail="How the fax ended is not known.", file=row.task.file,
        purpose=row.task.purpose,
    )  # fmt: skip


def _fax(id: str, call: Call, wanted: _Wanted, pages: int, size: int) -> Fax:
    faxed = wanted.faxed
    state = State.FAILED if not pages else State.RECEIVED if faxed.sent else State.PARTIAL
    return Fax(
        id=id, account=call.account, way=Way.IN, state=state, number="" if call.private else call.far_number,
        own=call.callee, created=call.created, at=call.created, pages=pages, bytes=size,
        kept=faxed.file if pages else "", confirmed=faxed.pages,
        box=faxed.purpose.removeprefix(PURPOSE), ended=wanted.at, call=call.id, error=faxed.error, detail=faxed.detail,
        rate=faxed.rate, ecm=faxed.ecm, t38=faxed.t38, station=faxed.station, attempts=1,
    )  # fmt: skip


def _event(fax: Fax) -> FaxReceived:
    return FaxReceived(
        id=new_id("event"), account=fax.account, subject=fax.id, root=fax.id, at=fax.ended or fax.created,
        number=fax.number, own=fax.own, pages=fax.pages, partial=fax.state is State.PARTIAL, box=fax.box, call=fax.call,
    )  # fmt: skip
