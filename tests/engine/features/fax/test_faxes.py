"""Faxes: sent once each time, again on the ladder, given up with the reason; received once; over kills in between."""

import asyncio
import io
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import msgspec
import pytest
from PIL import Image
from sqlalchemy import Connection

from engine.commands import EngineUnavailable, LimitReached, NumberRefused, PlaceCall
from engine.events import CallEnded, TaskEnded
from engine.features.destinations.registry import Destinations
from engine.features.errors import InvalidNumber, InvalidSetting, NotThere, StillUsed
from engine.features.fax import emailing, service, store
from engine.features.fax.boxes import FaxBoxes
from engine.features.fax.destination import FaxKind
from engine.features.fax.emailing import Emailing
from engine.features.fax.feature import FaxFeature
from engine.features.fax.files import FaxFiles, sent_name
from engine.features.fax.ladder import RUNGS
from engine.features.fax.model import Fax, NewFax, NotSendable, State, Way
from engine.features.fax.pages.model import HEIGHT, WIDTH, DocumentRefused, Made
from engine.features.fax.sending import Sending
from engine.features.fax.service import FaxService
from engine.features.fax.taking import Taking
from engine.features.files.feature import FilesFeature
from engine.features.files.model import NewFile
from engine.media import Prompts, RecordingFiles
from engine.net import Net
from engine.platform import due_work
from engine.platform.audit import SYSTEM
from engine.platform.folder import Folder
from engine.platform.leads import Lead
from engine.platform.platform import Platform
from engine.platform.post import NotSent, Refused
from engine.platform.scheduler import AccountMustWait, Later
from engine.store import accounts, calls, events, tasks
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer
from engine.tasks.fax import ReceiveFax, SendFax
from engine.tasks.results import Completed, Failed, Faxed, Stopped
from tests.engine.store.samples import a_call

NOW = 1_800_000_000.0
TO = "12015550170"
SENT = Faxed(sent=True, pages=2, rate=14_400, ecm=True, station="theirs")
TROUBLE = Faxed(sent=False, pages=1, error="T30_ERROR", detail="Disconnected after permitted retries", rate=9600)


class Engine:
    """Places calls, or refuses them."""

    def __init__(self) -> None:
        self.placed: list[PlaceCall] = []
        self.refusal: Exception | None = None

    async def ready(self) -> None:
        pass

    async def submit(self, command: Any) -> Any:
        if self.refusal is not None:
            raise self.refusal
        self.placed.append(command)


class Post:
    """Takes mails, or does not."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.error: Exception | None = None

    async def send(self, account: str, mail: Any) -> None:
        if self.error:
            raise self.error
        self.sent.append(mail)


class Bench:
    """The feature on a real store, with a clock that can be set and files on a disk."""

    def __init__(self, database: Database, folder: Path, net: Net) -> None:
        self.database, self.folder, self._net, self.now = database, folder, net, NOW
        self.engine, self.post, self.refused = Engine(), Post(), list[str]()
        self.recordings = folder / "recordings"

    async def start(self) -> None:
        """Begin, as a controller does."""
        self.writer = Writer(self.database, "carillon-0")
        await self.writer.claim()
        self.recordings.mkdir(exist_ok=True)
        prompts, files = Prompts(self._net, self.folder / "prompts"), RecordingFiles(self.recordings)
        platform = self.platform = Platform(self.database, self.writer, files, prompts, clock=lambda: self.now)
        await platform.cache.load()
        self.leads: list[Lead] = []
        registry = Destinations(platform.cache, platform.kinds, [lambda conn, account: self.leads])
        self.files = FilesFeature(platform, Folder(self.folder / "files"))
        kept = FaxFiles(Folder(self.folder / "faxes"), self.recordings)
        feature = FaxFeature(
            platform, registry, self._check, lambda: self.engine, self.files.service, kept, post=self.post
        )
        await feature.start()
        self.feature = feature
        self.timers = {**feature.timers, **self.files.timers}
        self.sending, self.taking, self.mailing = feature.consumers
        assert isinstance(self.sending, Sending) and isinstance(self.taking, Taking)
        assert isinstance(self.mailing, Emailing)
        service, boxes = feature.services
        assert isinstance(service, FaxService) and isinstance(boxes, FaxBoxes)
        self.service, self.boxes = service, boxes
        (kind,) = feature.destinations
        assert isinstance(kind, FaxKind)
        self.kind = kind
        platform.kinds.add(kind)

    def _check(self, account: str, callee: str, caller: str | None) -> None:
        if callee in self.refused:
            raise NumberRefused("Calls to that number are not allowed.")

    async def account(self, name: str = "acme") -> Account:
        """Make an account."""
        account = Account(id=f"acct-{name}", name=name, created=NOW)
        await self.writer.write(lambda conn: accounts.create(conn, account))
        await self.platform.cache.load()
        return account

    async def send(self, account: Account, document: bytes = b"one\ftwo", **more: Any) -> Fax:
        """Send a document."""
        file = await self.files.service.put(account.id, NewFile(uploaded_name="x.txt"), document)
        return await self.service.send(account, NewFax(**{"to": f"+{TO}", "file": file.id} | more))

    async def due(self) -> list[str]:
        """Do what is due now, as the scheduler does; returns its kinds."""
        epoch = self.writer.epoch
        assert epoch is not None
        kinds = list(self.timers)
        works = await self.writer.write(lambda conn: due_work.claim(conn, kinds, self.now, epoch, 100))
        for work in works:
            try:
                await self.timers[work.kind].handler(work, lambda conn, id=work.id: due_work.done(conn, id, epoch))
            except Later as later:
                await self.writer.write(lambda conn, work=work, at=later.at: due_work.postpone(conn, work, at, epoch))
                continue
            except AccountMustWait:
                await self.writer.write(lambda conn, work=work: due_work.postpone(conn, work, self.now + 1.0, epoch))
                continue
            await self.writer.write(lambda conn, id=work.id: due_work.done(conn, id, epoch))
        return [work.kind for work in works]

    async def hears(self, consumer: Any, *happened: Any) -> None:
        """Let a consumer have events."""
        stored = [StoredEvent(number, event) for number, event in enumerate(happened, 1)]
        await consumer.handle(stored, lambda conn: None)

    async def call_ends(self, call: PlaceCall, faxed: Faxed | None, cause: str = "normal") -> None:
        """Let the last call end: with what became of the fax, None: nobody answered."""
        base = {"account": call.account, "subject": call.id, "root": call.id, "at": self.now}
        happened: list[Any] = []
        if faxed:
            happened.append(
                TaskEnded(**base, id=f"e-{call.id}", task="t", kind="send_fax", outcome=Completed(faxed), data=None)
            )
        happened.append(
            CallEnded(
                **base, id=f"f-{call.id}", hung_up_by="far", cause=cause, answered=faxed is not None, seconds=1.0,
                price=0, currency="USD",
            )
        )  # fmt: skip
        await self.hears(self.sending, *happened)

    async def told(self) -> list[Any]:
        """All events of faxes."""
        found = await self.database.read(lambda conn: list(events.after(conn, 0, 1000)))
        return [each.event for each in found]

    async def row(self, fax: Fax) -> Fax:
        """A fax as it is now."""
        return await self.service.get(fax.account, fax.id)

    def waiting(self) -> list[str]:
        """What is beside the recordings."""
        return sorted(file.name for file in self.recordings.iterdir())


@pytest.fixture
async def bench(database_url: str, tmp_path: Path) -> AsyncIterator[Bench]:
    net, database = Net(), Database(database_url)
    made = Bench(database, tmp_path, net)
    await made.start()
    yield made
    await made.writer.stop()
    await database.close()
    await net.close()


async def test_a_fax_is_sent_in_one_call_and_its_pages_are_beside_asterisk_only_meanwhile(bench: Bench) -> None:
    acme = await bench.account()
    fax = await bench.send(acme, from_name='Ann, of "Acme"', subject=" An  offer ")
    assert (fax.state, fax.pages, fax.number, fax.subject) == (State.QUEUED, 2, TO, "An offer")
    assert await bench.due() == ["fax.send"]
    (call,) = bench.engine.placed
    send, _ = call.tasks
    assert isinstance(send, SendFax) and (send.ecm, send.rate) == (True, 14_400)
    assert send.header == "Ann? of ?Acme? 2027-01-15 08:00 UTC"
    assert bench.waiting() == [send.file] == [sent_name(call.id)]
    assert (await bench.row(fax)).state is State.SENDING
    await bench.writer.write(lambda conn: calls.insert(conn, a_call(id=call.id, account=acme.id)))
    with pytest.raises(NotSendable, match="is being sent"):
        await bench.service.remove(acme.id, fax.id)
    await bench.call_ends(call, SENT)
    done = await bench.row(fax)
    assert (done.state, done.confirmed, done.attempts, done.station, done.error) == (State.SENT, 2, 1, "theirs", "")
    (sent,) = await bench.told()
    assert (type(sent).__name__, sent.subject, sent.pages, sent.call) == ("FaxSent", fax.id, 2, call.id)
    assert bench.waiting() == [] and await bench.due() == []
    await bench.call_ends(call, SENT)
    assert len(await bench.told()) == 1, "an event that comes twice changes nothing"


async def test_machines_that_do_not_understand_one_another_are_asked_for_less_each_time(bench: Bench) -> None:
    fax = await bench.send(await bench.account(), retries=5)
    asked = []
    for attempt in range(1, 7):
        assert await bench.due() == ["fax.send"]
        send = bench.engine.placed[-1].tasks[0]
        assert isinstance(send, SendFax)
        asked.append((send.ecm, send.rate))
        await bench.call_ends(bench.engine.placed[-1], TROUBLE)
        assert await bench.due() == []
        now = await bench.row(fax)
        assert now.attempts == attempt and now.confirmed == 1
        bench.now += 60.0
    assert asked == [*RUNGS, RUNGS[-1], RUNGS[-1]]
    assert now.state is State.FAILED and now.error == "T30_ERROR" and "permitted retries" in now.detail
    names = [type(each).__name__ for each in await bench.told()]
    assert names == ["FaxAttemptFailed"] * 5 + ["FaxFailed"]
    attempts = await bench.service.attempts(None, fax.id)
    assert [each.number for each in attempts] == [1, 2, 3, 4, 5, 6] and all(each.ended for each in attempts)


@pytest.mark.parametrize(("cause", "wait"), [("busy", 120.0), ("no_answer", 300.0), ("network_error", 60.0)])
async def test_who_is_busy_or_away_is_called_again_in_the_same_way(bench: Bench, cause: str, wait: float) -> None:
    fax = await bench.send(await bench.account(), retries=1)
    await bench.due()
    await bench.call_ends(bench.engine.placed[-1], None, cause)
    waiting = await bench.row(fax)
    assert (waiting.state, waiting.error, waiting.at) == (State.QUEUED, cause, NOW + wait)
    bench.now = NOW + wait
    await bench.due()
    first, send = (placed.tasks[0] for placed in bench.engine.placed)
    assert isinstance(first, SendFax) and isinstance(send, SendFax)
    assert (send.ecm, send.rate, send.header, send.station) == (True, 14_400, first.header[:-9] + send.header[-9:], "")
    await bench.call_ends(bench.engine.placed[-1], None, cause)
    assert (await bench.row(fax)).state is State.FAILED


@pytest.mark.parametrize("cause", ["over_limit", "media_node_lost", "controller_lost", "no_route"])
async def test_accidents_of_ours_and_full_trunks_are_tried_again(bench: Bench, cause: str) -> None:
    fax = await bench.send(await bench.account())
    await bench.due()
    await bench.call_ends(bench.engine.placed[-1], None, cause)
    waiting = await bench.row(fax)
    assert (waiting.state, waiting.at) == (State.QUEUED, NOW + 60.0)


@pytest.mark.parametrize("cause", ["unknown_number", "rejected", "no_credit", "forbidden"])
async def test_a_number_that_nobody_has_is_called_once(bench: Bench, cause: str) -> None:
    fax = await bench.send(await bench.account())
    await bench.due()
    await bench.call_ends(bench.engine.placed[-1], None, cause)
    now = await bench.row(fax)
    assert (now.state, now.error, now.attempts) == (State.FAILED, cause, 1)
    assert now.detail == {
        "unknown_number": "There is no such number.", "rejected": "The call was declined.",
        "no_credit": "The account has no credit left.", "forbidden": "The call was not answered: forbidden.",
    }[cause]  # fmt: skip


async def test_a_wait_that_was_asked_for_counts(bench: Bench) -> None:
    fax = await bench.send(await bench.account(), wait_seconds=5.0)
    await bench.due()
    await bench.call_ends(bench.engine.placed[-1], None, "busy")
    assert (await bench.row(fax)).at == NOW + 5.0


@pytest.mark.parametrize("placed", [True, False])
async def test_a_controller_that_comes_after_a_kill_places_the_call_under_the_same_id_or_finds_it(
    bench: Bench, placed: bool
) -> None:
    fax = await bench.send(await bench.account())
    bench.engine.refusal = asyncio.CancelledError()  # killed before it is answered
    with pytest.raises(asyncio.CancelledError):
        await bench.due()
    (attempt,) = await bench.service.attempts(None, fax.id)
    bench.engine.refusal = None
    if placed:
        await bench.writer.write(lambda conn: calls.insert(conn, a_call(id=attempt.call, account=fax.account)))
    await bench.writer.stop()
    await bench.start()
    assert bench.sending.live == {attempt.call}
    assert await bench.due() == ["fax.send"]
    assert [each.id for each in bench.engine.placed] == ([] if placed else [attempt.call])
    assert (await bench.row(fax)).attempts == 1


async def test_an_engine_or_an_account_without_a_place_is_waited_for_and_counts_as_no_attempt(bench: Bench) -> None:
    fax = await bench.send(await bench.account())
    for refusal in (EngineUnavailable("not now"), LimitReached("too many calls"), None):
        bench.engine.refusal = refusal
        await bench.due()
        bench.now += 1.0
    assert len(bench.engine.placed) == 1
    assert (await bench.row(fax)).attempts == 1 and len(await bench.service.attempts(None, fax.id)) == 1


async def test_a_number_that_is_refused_when_it_is_due_fails_with_the_sentence(bench: Bench) -> None:
    fax = await bench.send(await bench.account())
    bench.engine.refusal = NumberRefused("Calls to that number are not allowed.")
    await bench.due()
    now = await bench.row(fax)
    assert (now.state, now.error, now.detail) == (State.FAILED, "not_allowed", "Calls to that number are not allowed.")
    assert bench.waiting() == []


async def test_pages_that_are_lost_fail_the_fax(bench: Bench) -> None:
    fax = await bench.send(await bench.account())
    (bench.folder / "faxes" / fax.kept).unlink()
    await bench.due()
    assert (await bench.row(fax)).error == "file_missing" and bench.engine.placed == []


async def test_a_fax_for_later_can_be_changed_or_taken_back_and_one_that_failed_sent_again(bench: Bench) -> None:
    acme = await bench.account()
    fax = await bench.send(acme, at=NOW + 3600)
    assert await bench.due() == []
    other = await bench.files.service.put(acme.id, NewFile(uploaded_name="y.txt"), b"a\fb\fc")
    queued, failed = frozenset({State.QUEUED}), frozenset({State.FAILED})
    changed = await bench.service.change(
        acme, fax.id, {"to": "+12015550171", "at": NOW + 60, "file": other.id, "subject": "New"}, states=queued
    )
    assert (changed.number, changed.pages, changed.subject, changed.created) == ("12015550171", 3, "New", fax.created)
    with pytest.raises(NotSendable, match="Only a fax that is failed"):
        await bench.service.retry(acme.id, fax.id)
    with pytest.raises(NotSendable, match="this one is queued"):
        await bench.service.change(acme, fax.id, {"subject": "x"}, states=failed)
    bench.now += 60
    await bench.due()
    (call,) = bench.engine.placed
    assert call.callee == "12015550171"
    await bench.call_ends(call, None, "rejected")
    await bench.service.change(acme, fax.id, {"to": "+12015550170"}, states=failed)
    again = await bench.service.retry(acme.id, fax.id)
    assert (again.state, again.attempts, again.ended) == (State.QUEUED, 0, None)
    await bench.due()
    assert bench.engine.placed[-1].callee == TO
    await bench.call_ends(bench.engine.placed[-1], SENT)
    assert (await bench.row(fax)).state is State.SENT
    late = await bench.send(acme, at=NOW + 7200)
    await bench.service.remove(acme.id, late.id)
    assert await bench.due() == ["fax.remove"]
    bench.now += 7200
    assert await bench.due() == []
    assert not (bench.folder / "faxes" / late.kept).exists()


QUEUED, FAILED = frozenset({State.QUEUED}), frozenset({State.FAILED})


async def test_a_cover_page_is_made_anew_when_what_stands_on_it_changes_and_only_then(bench: Bench) -> None:
    acme = await bench.account()
    fax = await bench.send(acme, at=NOW + 3600, subject="Offer", cover="\nDear Bob,\r\n\r\nplease read\u00a0it.\n ")
    assert (fax.pages, fax.cover) == (3, "Dear Bob,\n\nplease read it.")
    kept = {fax.kept}
    for fields in ({"subject": "Order"}, {"cover": "Hello"}, {"to": "+12015550171"}, {"at": NOW + 60}):
        before, changed = fax, await bench.service.change(acme, fax.id, fields, states=QUEUED)
        assert changed.pages == 3 and changed.kept != before.kept and changed == await bench.row(fax)
        fax = changed
        kept.add(fax.kept)
    for fields in ({"emails": ("ann@example.com",)}, {"subject": "Order"}):
        assert (await bench.service.change(acme, fax.id, fields, states=QUEUED)).kept == fax.kept
    without = await bench.service.change(acme, fax.id, {"cover": ""}, states=QUEUED)
    assert (without.pages, without.cover) == (2, "")
    same = await bench.service.change(acme, fax.id, {"subject": "Else"}, states=QUEUED)
    assert (same.kept, same.pages) == (without.kept, 2)
    assert await bench.due() == ["fax.remove"] * len(kept)
    assert [file.name for file in (bench.folder / "faxes").iterdir()] == [same.kept]


async def test_a_fax_that_failed_has_another_cover_page_when_it_is_sent_again(bench: Bench) -> None:
    acme = await bench.account()
    fax = await bench.send(acme, cover="Hello", retries=0)
    await bench.due()
    await bench.call_ends(bench.engine.placed[-1], None, "rejected")
    bench.now += 3600
    changed = await bench.service.change(acme, fax.id, {"to_name": "Bob"}, states=FAILED)
    assert changed.kept != fax.kept and (changed.pages, changed.state) == (3, State.FAILED)
    await bench.service.retry(acme.id, fax.id)
    await bench.due()
    sent = bench.recordings / sent_name(bench.engine.placed[-1].id)
    assert sent.read_bytes() == await bench.service.document(acme.id, fax.id, "tiff")


async def test_a_cover_page_whose_document_was_deleted_stays_as_it_is(bench: Bench) -> None:
    acme = await bench.account()
    fax = await bench.send(acme, at=NOW + 3600, cover="Hello")
    await bench.files.service.remove(acme.id, fax.file)
    with pytest.raises(InvalidSetting, match=f"The file {fax.file} was deleted"):
        await bench.service.change(acme, fax.id, {"subject": "Order"}, states=QUEUED)
    with pytest.raises(NotThere, match="no file file-none"):
        await bench.service.change(acme, fax.id, {"file": "file-none"}, states=QUEUED)
    assert await bench.row(fax) == fax
    assert (await bench.service.change(acme, fax.id, {"emails": ("a@x.org",)}, states=QUEUED)).kept == fax.kept


async def test_a_cover_page_is_not_made_of_what_another_request_changes_meanwhile(bench: Bench) -> None:
    acme = await bench.account()
    fax = await bench.send(acme, at=NOW + 3600, cover="Hello")
    converting = bench.service._pages.tiff

    async def slow(*asked: Any) -> Any:
        made = await converting(*asked)
        await bench.writer.write(lambda conn: store.change(conn, fax.id, subject="Order"))
        return made

    bench.service._pages.tiff = slow  # type: ignore[method-assign]
    with pytest.raises(NotSendable, match="changed by another request"):
        await bench.service.change(acme, fax.id, {"to_name": "Bob"}, states=QUEUED)
    now = await bench.row(fax)
    assert (now.subject, now.to_name, now.kept) == ("Order", "", fax.kept)
    assert [file.name for file in (bench.folder / "faxes").iterdir()] == [fax.kept]


@pytest.mark.parametrize(
    ("fields", "error", "says"),
    [
        ({"to": "x"}, InvalidNumber, "number"),
        ({"to": "+19995550100"}, NumberRefused, "not allowed"),
        ({"file": "file-none"}, NotThere, "no file file-none"),
        ({"at": NOW - 3600}, InvalidSetting, "a time to come"),
        ({"at": NOW + 400 * 86400}, InvalidSetting, "a time to come"),
        ({"retries": 21}, InvalidSetting, "retries must be 0 to 20"),
        ({"wait_seconds": 0.5}, InvalidSetting, "wait_seconds must be 1 to 86400"),
        ({"emails": ("nobody",)}, InvalidSetting, "e-mail address"),
        ({"emails": tuple(f"a{n}@x.org" for n in range(21))}, InvalidSetting, "At most 20"),
        ({"subject": "x" * 201}, InvalidSetting, "subject must be at most 200"),
        ({"cover": "x" * 4001}, InvalidSetting, r"cover must be at most 4,000 characters \(got 4,001\)"),
        ({"cover": "a\tb"}, InvalidSetting, r"cover must be printable characters and newlines \(got '\\t'\)"),
        ({"cover": "a\fb"}, InvalidSetting, "printable characters and newlines"),
        ({"cover": "a\n" * 90 + "a"}, InvalidSetting, r"at most 90 lines of 86 characters \(got 91 lines\)"),
        ({"document": b"\0"}, DocumentRefused, "must be a PDF"),
    ],
)
async def test_what_cannot_be_sent_is_refused_and_nothing_is_kept(
    bench: Bench, fields: dict[str, Any], error: type[Exception], says: str
) -> None:
    acme = await bench.account()
    bench.refused.append("19995550100")
    with pytest.raises(error, match=says):
        await bench.send(acme, **fields)
    assert await bench.service.page(acme.id) == []
    assert not list((bench.folder / "faxes").glob("*.tif"))


async def pages_of(bench: Bench, document: bytes) -> Made:
    """A document's pages."""

    async def read() -> bytes:
        return document

    return await bench.service._pages.tiff("acct-acme", read)


async def received(bench: Bench, account: Account, faxed: Faxed, target: str = "", pages: bytes | None = None) -> str:
    """A call is led to fax, and ends; returns the fax's id."""
    receive, _ = bench.kind.answering(account, target, 1).tasks
    assert isinstance(receive, ReceiveFax)
    if pages is not None:
        (bench.recordings / receive.file).write_bytes(pages)
    call = a_call(id=f"call-{receive.file}", account=account.id, caller="12015550199", callee="12015550100")
    await bench.writer.write(lambda conn: calls.insert(conn, call))
    result = Faxed(
        sent=faxed.sent, pages=faxed.pages, error=faxed.error, detail=faxed.detail, file=receive.file,
        purpose=receive.purpose,
    )  # fmt: skip
    ended = TaskEnded(
        id=f"e-{call.id}", account=account.id, subject=call.id, root=call.id, at=bench.now, task="t",
        kind="receive_fax", outcome=Completed(result),
    )  # fmt: skip
    await bench.hears(bench.taking, ended)
    await bench.hears(bench.taking, ended)  # twice, as after a kill
    return receive.file.removesuffix(".tif")


async def test_what_is_received_is_a_fax_once_with_its_pages(bench: Bench) -> None:
    acme = await bench.account()
    pages = (await pages_of(bench, b"a\fb")).content
    id = await received(bench, acme, Faxed(sent=True, pages=2), pages=pages)
    assert await bench.due() == ["fax.take"]
    fax = await bench.service.get(acme.id, id)
    assert (fax.way, fax.state, fax.pages, fax.own, fax.read) == (Way.IN, State.RECEIVED, 2, "12015550100", False)
    assert await bench.service.document(acme.id, id, "tiff") == pages
    assert (await bench.service.document(acme.id, id, "pdf")).startswith(b"%PDF-")
    assert (await bench.service.document(acme.id, id, "png")).startswith(b"\x89PNG")
    (event,) = await bench.told()
    assert (type(event).__name__, event.pages, event.partial) == ("FaxReceived", 2, False)
    assert bench.waiting() == []
    marked = await bench.service.mark(acme.id, id, read=True, hidden=True)
    assert marked.read and await bench.service.counts(acme.id) == (0, 1, 0)


async def test_what_was_cut_off_is_kept_and_marked_and_nothing_at_all_has_failed(bench: Bench) -> None:
    acme = await bench.account()
    pages = (await pages_of(bench, b"a")).content
    cut = await received(bench, acme, Faxed(sent=False, pages=1, error="HANGUP", detail="cut"), pages=pages)
    none = await received(bench, acme, Faxed(sent=False, pages=0, error="T1_TIMEOUT"))
    assert await bench.due() == ["fax.take"] * 2
    found = {fax.id: (fax.state, fax.pages, fax.error) for fax in await bench.service.page(acme.id)}
    assert found == {cut: (State.PARTIAL, 1, "HANGUP"), none: (State.FAILED, 0, "T1_TIMEOUT")}
    assert [each.partial for each in await bench.told()] == [True]
    with pytest.raises(NotThere, match="has no pages"):
        await bench.service.document(acme.id, none, "pdf")


async def test_a_box_sends_its_faxes_on_and_results_go_to_who_asked(bench: Bench) -> None:
    acme = await bench.account()
    box = await bench.boxes.add(SYSTEM, acme.id, "office", ("Ann@example.com", "ben@example.com"))
    target = bench.kind.checked(acme, "office")
    assert target == box.id and bench.kind.fields(acme, target) == {"target": "office"}
    pages = (await pages_of(bench, b"a")).content
    await received(bench, acme, Faxed(sent=True, pages=1), target, pages)
    await bench.due()
    await bench.hears(bench.mailing, *await bench.told())
    bench.post.error = NotSent("greylisted")
    assert await bench.due() == ["fax.mail"] * 2
    bench.post.error = None
    bench.now += 5.0
    assert await bench.due() == ["fax.mail"] * 2
    assert sorted(mail["To"] for mail in bench.post.sent) == ["ann@example.com", "ben@example.com"]
    shown, attached = bench.post.sent[0].iter_attachments()
    assert attached.get_content_type() == "application/pdf" and attached.get_content().startswith(b"%PDF-")
    assert (shown.get_content_type(), shown.get_content_disposition()) == ("image/png", "inline")
    with Image.open(io.BytesIO(shown.get_content())) as picture:
        assert (picture.format, picture.width) == ("PNG", 432)
    fax = await bench.send(acme, emails=("ann@example.com",), subject="An offer")
    await bench.due()
    await bench.call_ends(bench.engine.placed[-1], None, "rejected")
    await bench.hears(bench.mailing, (await bench.told())[-1])
    await bench.due()
    mail = bench.post.sent[-1]
    assert mail["Subject"] == f"Fax to +{TO} failed" and "subject: An offer" in mail.get_content()
    bench.post.error = Refused("no such user")
    await bench.hears(bench.mailing, (await bench.told())[-1])
    await bench.due()
    event = (await bench.told())[-1]
    assert (type(event).__name__, event.subject, event.email) == ("FaxNotEmailed", fax.id, "ann@example.com")


async def test_a_picture_that_is_too_large_is_left_out_of_the_mail_and_the_fax_is_not(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = await bench.account()
    box = await bench.boxes.add(SYSTEM, acme.id, "office", ("ann@example.com",))
    await received(bench, acme, Faxed(sent=True, pages=1), box.id, (await pages_of(bench, b"a")).content)
    await bench.due()
    await bench.hears(bench.mailing, *await bench.told())
    monkeypatch.setattr(emailing, "MOST_SHOWN", 100)
    await bench.due()
    (mail,) = bench.post.sent
    assert [each.get_content_type() for each in mail.iter_attachments()] == ["application/pdf"]


async def test_the_picture_of_a_page_full_of_dots_is_small_enough_for_a_mail(bench: Bench) -> None:
    acme = await bench.account()
    dots, out = random.Random(1).randbytes(WIDTH * HEIGHT // 8), io.BytesIO()
    Image.frombytes("1", (WIDTH, HEIGHT), dots).save(out, "TIFF", compression="group4", dpi=(204, 196))
    id = await received(bench, acme, Faxed(sent=True, pages=1), pages=out.getvalue())
    await bench.due()
    assert len(await bench.service.document(acme.id, id, "png")) <= emailing.MOST_SHOWN


async def test_a_mail_whose_pages_are_lost_says_so(bench: Bench) -> None:
    acme = await bench.account()
    box = await bench.boxes.add(SYSTEM, acme.id, "office", ("ann@example.com",))
    id = await received(bench, acme, Faxed(sent=True, pages=1), box.id, (await pages_of(bench, b"a")).content)
    await bench.due()
    (bench.folder / "faxes" / f"{id}.tif").unlink()
    await bench.hears(bench.mailing, *await bench.told())
    await bench.due()
    (mail,) = bench.post.sent
    assert "pages: are not attached" in mail.get_content() and not list(mail.iter_attachments())


async def test_boxes_are_named_once_changed_and_kept_while_something_leads_to_them(bench: Bench) -> None:
    acme, other = await bench.account(), await bench.account("other")
    box = await bench.boxes.add(SYSTEM, acme.id, "office", ())
    with pytest.raises(Exception, match="a fax box office already"):
        await bench.boxes.add(SYSTEM, acme.id, "office", ())
    with pytest.raises(InvalidSetting, match="name must be letters"):
        await bench.boxes.add(SYSTEM, acme.id, "no spaces", ())
    for wrong in ("none", box.id):
        with pytest.raises(NotThere):
            bench.boxes.get(other.id, wrong)
    changed = await bench.boxes.change(SYSTEM, acme.id, "office", name="desk", emails=("a@x.org",))
    assert (changed.id, changed.name, changed.emails) == (box.id, "desk", ("a@x.org",))
    bench.leads.append(Lead("the number 12015550100", f"fax:{box.id}"))
    with pytest.raises(StillUsed, match="The fax box desk is still used"):
        await bench.boxes.remove(SYSTEM, acme.id, "desk")
    bench.leads.clear()
    await bench.writer.stop()
    await bench.start()
    assert bench.boxes.all(acme.id) == [changed]
    await bench.boxes.remove(SYSTEM, acme.id, "desk")
    assert bench.boxes.all(acme.id) == []


async def test_old_faxes_go_with_their_pages_and_those_that_wait_stay(bench: Bench) -> None:
    acme = await bench.account()
    old, late = await bench.send(acme, retries=0), await bench.send(acme, at=NOW + 3600)
    await bench.due()
    await bench.call_ends(bench.engine.placed[-1], SENT)
    expire = bench.feature.expires["faxes"]
    assert await bench.writer.write(lambda conn: expire(conn, NOW + 60, 10)) == 1
    assert await bench.due() == ["fax.remove"]
    assert [fax.id for fax in await bench.service.page(acme.id)] == [late.id]
    assert await bench.database.read(lambda conn: store.attempts(conn, old.id)) == []
    assert [file.name for file in (bench.folder / "faxes").iterdir()] == [late.kept]


async def test_an_account_that_is_closed_leaves_no_pages(bench: Bench) -> None:
    acme = await bench.account()
    await bench.send(acme, at=NOW + 3600)
    await bench.writer.write(lambda conn: (bench.feature.leave(conn, acme.id), bench.files.leave(conn, acme.id)))
    assert sorted(await bench.due()) == ["fax.remove", "files.remove"]
    assert not list((bench.folder / "faxes").iterdir()) and not list((bench.folder / "files").iterdir())


async def test_a_change_that_comes_too_late_leaves_the_pages_as_they_are(bench: Bench) -> None:
    acme = await bench.account()
    fax = await bench.send(acme, at=NOW + 60)
    pages = await bench.service.document(acme.id, fax.id, "tiff")
    other = await bench.files.service.put(acme.id, NewFile(uploaded_name="y.txt"), b"a\fb\fc")
    converting = bench.service._pages.tiff

    async def slow(*asked: Any) -> Any:
        made = await converting(*asked)
        await bench.writer.write(lambda conn: store.change(conn, fax.id, state=State.SENDING))
        return made

    bench.service._pages.tiff = slow  # type: ignore[method-assign]
    with pytest.raises(NotSendable):
        await bench.service.change(acme, fax.id, {"file": other.id}, states=frozenset({State.QUEUED}))
    assert await bench.service.document(acme.id, fax.id, "tiff") == pages
    assert [file.name for file in (bench.folder / "faxes").iterdir()] == [(await bench.row(fax)).kept]


async def test_pages_that_arrived_are_kept_though_they_cannot_be_counted(bench: Bench) -> None:
    acme = await bench.account()
    id = await received(bench, acme, Faxed(sent=True, pages=3), pages=b"II*\0 of a kind that nobody reads")
    await bench.due()
    fax = await bench.service.get(acme.id, id)
    assert (fax.state, fax.pages) == (State.RECEIVED, 3)
    assert await bench.service.document(acme.id, id, "tiff") == b"II*\0 of a kind that nobody reads"


async def test_a_header_is_never_longer_than_what_is_written(bench: Bench) -> None:
    await bench.send(await bench.account(), from_name="The Acme Insurance and Reinsurance Company Limited")
    await bench.due()
    send = bench.engine.placed[-1].tasks[0]
    assert isinstance(send, SendFax) and len(send.header) <= 50
    assert send.header.startswith("The Acme Insurance") and send.header.endswith("2027-01-15 08:00 UTC")


async def test_a_fax_that_is_moved_to_later_is_not_sent_by_the_work_that_was_due(bench: Bench) -> None:
    acme = await bench.account()
    fax = await bench.send(acme)
    await bench.writer.write(lambda conn: store.change(conn, fax.id, at=NOW + 3600))
    assert await bench.due() == ["fax.send"] and bench.engine.placed == []
    assert (await bench.row(fax)).state is State.QUEUED


async def test_a_fax_that_waits_for_a_place_of_its_account_can_be_taken_back(bench: Bench) -> None:
    acme = await bench.account()
    fax = await bench.send(acme)
    bench.engine.refusal = LimitReached("too many calls")
    await bench.due()
    await bench.service.remove(acme.id, fax.id)
    bench.engine.refusal = None
    bench.now += 60
    await bench.due()
    assert bench.engine.placed == []


@pytest.mark.parametrize("outcome", [Stopped("call_ended"), Failed("internal_error")])
async def test_what_was_received_of_a_task_that_was_stopped_or_failed_is_kept(bench: Bench, outcome: Any) -> None:
    acme = await bench.account()
    receive, _ = bench.kind.answering(acme, "", 1).tasks
    assert isinstance(receive, ReceiveFax)
    (bench.recordings / receive.file).write_bytes((await pages_of(bench, b"a\fb")).content)
    call = a_call(id="call-in", account=acme.id)
    task = msgspec.structs.replace(receive, id="task-in")

    def unit(conn: Connection) -> None:
        calls.insert(conn, call)
        tasks.append(conn, call.id, [task], NOW)

    await bench.writer.write(unit)
    base: dict[str, Any] = {
        "id": "e", "account": acme.id, "subject": call.id, "root": call.id, "at": NOW, "task": "task-in",
    }  # fmt: skip
    await bench.hears(bench.taking, TaskEnded(**base, kind="receive_fax", outcome=outcome))
    await bench.hears(bench.taking, TaskEnded(**base, kind="play", outcome=outcome))
    await bench.due()
    (fax,) = await bench.service.page(acme.id)
    assert (fax.state, fax.pages) == (State.PARTIAL, 2)


async def test_an_account_s_pages_have_so_many_bytes_together(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = await bench.account()
    fax = await bench.send(acme)
    monkeypatch.setattr(service, "MOST_BYTES", fax.bytes)
    with pytest.raises(LimitReached, match="delete some faxes"):
        await bench.send(acme)
    assert len(list((bench.folder / "faxes").iterdir())) == 1
    await bench.service.remove(acme.id, fax.id)
    await bench.send(acme)


async def test_what_waits_to_be_taken_is_not_swept(bench: Bench) -> None:
    acme = await bench.account()
    receive, _ = bench.kind.answering(acme, "", 1).tasks
    assert isinstance(receive, ReceiveFax)
    (bench.recordings / receive.file).write_bytes((await pages_of(bench, b"a")).content)
    await bench.writer.write(lambda conn: calls.insert(conn, a_call(id="call-in", account=acme.id)))
    ended = TaskEnded(
        id="e", account=acme.id, subject="call-in", root="call-in", at=NOW, task="t", kind="receive_fax",
        outcome=Completed(Faxed(sent=True, pages=1, file=receive.file, purpose=receive.purpose)),
    )  # fmt: skip
    await bench.hears(bench.taking, ended)
    bench.now = NOW + 2 * 86400
    sweep = bench.timers["fax.sweep"].handler
    await sweep(due_work.DueWork(id="fax.sweep", kind="fax.sweep", at=NOW), lambda conn: True)
    assert bench.waiting() == [receive.file]
    await bench.due()
    assert [fax.state for fax in await bench.service.page(acme.id)] == [State.RECEIVED] and not bench.waiting()


async def test_a_sweep_that_was_missed_comes_after_what_else_waits(bench: Bench) -> None:
    bench.now = NOW + 3 * 86400
    await bench.feature.start()
    assert await bench.due() == []


async def test_a_fax_that_cannot_be_handed_over_is_tried_again_later(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    fax = await bench.send(await bench.account())
    with monkeypatch.context() as full:
        full.setattr(Folder, "copy", AsyncMock(side_effect=OSError(28, "No space left on device")))
        assert await bench.due() == ["fax.send"] and await bench.due() == []
    bench.now += 31.0
    assert await bench.due() == ["fax.send"] and len(bench.engine.placed) == 1
    assert (await bench.row(fax)).attempts == 1


async def test_a_fax_whose_call_is_being_placed_is_not_deleted(bench: Bench) -> None:
    acme = await bench.account()
    fax = await bench.send(acme)
    refused: list[str] = []

    async def meanwhile() -> None:
        with pytest.raises(NotSendable, match="is being placed") as error:
            await bench.service.remove(acme.id, fax.id)
        refused.append(str(error.value))

    bench.engine.ready = meanwhile  # type: ignore[method-assign]
    assert await bench.due() == ["fax.send"] and refused and len(bench.engine.placed) == 1


@pytest.mark.parametrize("refusal", [EngineUnavailable("Too many documents wait."), LimitReached("Too many of yours.")])
async def test_a_mail_waits_while_too_many_documents_are_converted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    monkeypatch.setattr(bench.mailing, "_document", AsyncMock(side_effect=refusal))
    await bench.send(await bench.account(), emails=("ann@example.com",))
    await bench.due()
    await bench.call_ends(bench.engine.placed[-1], SENT)
    await bench.hears(bench.mailing, (await bench.told())[-1])
    assert await bench.due() == ["fax.mail"] and bench.post.sent == []
    monkeypatch.undo()
    bench.now += 60.0
    assert "fax.mail" in await bench.due() and len(bench.post.sent) == 1


async def test_files_of_nothing_are_swept_a_day_later(bench: Bench) -> None:
    fax = await bench.send(await bench.account(), at=NOW + 30 * 86400)
    for folder, names in (("faxes", ("pages-lost.tif", "x.part")), ("recordings", ("fax-lost.tif", "rec-1.wav"))):
        for name in names:
            (bench.folder / folder / name).write_bytes(b"x")
    bench.now = NOW + 2 * 86400
    assert "fax.sweep" in await bench.due()
    assert [file.name for file in (bench.folder / "faxes").iterdir()] == [fax.kept]
    assert bench.waiting() == ["rec-1.wav"]


async def test_each_mail_of_a_fax_has_an_id_of_its_own_and_says_what_happened_then(bench: Bench) -> None:
    acme = await bench.account()
    fax = await bench.send(acme, emails=("ann@example.com",))
    await bench.due()
    await bench.call_ends(bench.engine.placed[-1], None, "rejected")
    await bench.hears(bench.mailing, (await bench.told())[-1])
    await bench.service.retry(acme.id, fax.id)
    await bench.due()
    await bench.call_ends(bench.engine.placed[-1], SENT)
    await bench.hears(bench.mailing, (await bench.told())[-1])
    await bench.due()
    assert sorted(mail["Subject"] for mail in bench.post.sent) == [f"Fax to +{TO} failed", f"Fax to +{TO} was sent"]
    ids = {mail["Message-ID"] for mail in bench.post.sent}
    assert len(ids) == 2 and not any("@" in id for id in ids)
