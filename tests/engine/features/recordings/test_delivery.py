"""What becomes of a recording: told of, made an MP3, put into its bucket; over a restart too."""

import asyncio
import time
import wave
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from sqlalchemy import Connection

from engine.events import Event, RecordingAvailable, RecordingUndelivered, TaskEnded
from engine.features.recordings import delivery
from engine.features.recordings.feature import RecordingsFeature
from engine.media import Prompts
from engine.media.recordings import RecordingFiles
from engine.model.call import Call, CallState, Direction
from engine.net import Net
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.store import accounts, calls, cursors, events, recordings, tasks
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.recordings import RecordingRow
from engine.store.writer import Writer
from engine.tasks.record import Record
from engine.tasks.results import Completed, Recorded
from engine.tasks.secret import Seal, Secret
from tests.fakes.s3 import Front
from tests.support.audio import sine
from tests.support.call_data import noted
from tests.support.s3_server import Bucket, S3Server


class House:
    """A store, a folder of recordings, and a worker with the consumers and the scheduler that call it."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder, self.endpoint, self.secret = folder, endpoint, "the installation's secret"
        self.db = Database(f"sqlite:///{folder}/carillon.db", Seal(self.secret))
        self.net = Net()
        self.prompts = Prompts(self.net, folder / "prompts")
        self.told: list[Event] = []
        self.news = asyncio.Event()
        self.ahead = 0.0

    async def open(self) -> None:
        await self.db.migrate()
        await self.begin()

    async def begin(self, endpoint: str | None = None, secret: str | None = None) -> None:
        """A controller starts."""
        self.writer = Writer(self.db, "carillon-0")
        self.files = RecordingFiles(self.folder)
        seal = Seal(self.secret if secret is None else secret)
        self.platform = Platform(self.db, self.writer, self.files, self.prompts, seal=seal, clock=self.clock)
        self.platform.on_commit(self._hear)
        self.features = Features(self.platform)
        self.features.add(RecordingsFeature(self.platform, self.endpoint if endpoint is None else endpoint))
        await self.writer.claim()
        await self.platform.start()
        await self.features.start()

    async def end(self) -> None:
        """The controller ends."""
        await self.features.stop()
        await self.platform.stop()
        await self.writer.stop()

    async def restart(self) -> None:
        """Another controller takes its place."""
        await self.end()
        await self.begin()

    def clock(self) -> float:
        """The wall clock, which can be set `ahead` by seconds."""
        return time.time() + self.ahead

    async def close(self) -> None:
        await self.end()
        await self.net.close()
        await self.db.close()

    def _hear(self, committed: Sequence[StoredEvent]) -> None:
        self.told += [one.event for one in committed]
        self.news.set()

    async def idle(self) -> None:
        """Wait until every recording is where it should be, or given up."""
        async with asyncio.timeout(20):
            platform = self.platform
            while not (platform.consumers.idle and platform.scheduler.idle) or await self.waiting():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def waiting(self) -> list[DueWork]:
        """What is still to be done."""

        def read(conn: Connection) -> list[DueWork]:
            found = due_work.get(conn, f"{delivery.KIND}:rec-1")
            return [found] if found else []

        return await self.db.read(read)

    async def recorded(self, record: Record) -> None:
        """A call was recorded so, and the recording ended."""
        with wave.open(str(self.folder / "rec-1.wav"), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes((np.asarray(sine(440, 2.0, 8000)) * 30000).astype("<i2").tobytes())
        saved = Recorded(
            recording="rec-1", name="call-1", seconds=2.0, format=record.format,
            destination=record.destination, notify=record.notify,
        )  # fmt: skip

        def unit(conn: Connection) -> None:
            accounts.create(conn, Account(id="acct-1", name="acme", created=0.0))
            calls.insert(conn, Call(
                id="call-1", root="call-1", account="acct-1", direction=Direction.OUTBOUND, caller="1", callee="2",
                state=CallState.ANSWERED, created=0.0, channel_id="call-1",
            ))  # fmt: skip
            (row,) = tasks.append(conn, "call-1", [record], 0.0)
            recordings.begin(conn, RecordingRow(
                id="rec-1", account="acct-1", owner="call-1", task=row.id, name="call-1", created=0.0,
                format=record.format, destination=record.destination, notify=record.notify,
            ))  # fmt: skip
            recordings.finish(conn, "rec-1", 2.0, 32044)
            events.append(conn, TaskEnded(
                id="event-1", account="acct-1", subject="call-1", root="call-1", at=1.0, data=noted("mine"),
                task=row.id, kind="record", outcome=Completed(saved),
            ))  # fmt: skip

        await self.writer.write(unit)

    async def told_of(self, kind: type[Event]) -> Event:
        async with asyncio.timeout(20):
            while True:
                if found := [one for one in self.told if isinstance(one, kind)]:
                    return found[0]
                self.news.clear()
                await self.news.wait()

    async def row(self) -> RecordingRow:
        found = await self.db.read(lambda conn: recordings.get(conn, "rec-1"))
        assert found
        return found


@pytest.fixture
async def front(s3_server: S3Server) -> AsyncIterator[Front]:
    """What stands before the bucket's server."""
    async with Front(s3_server.port) as made:
        yield made


@pytest.fixture
async def house(tmp_path: Path, front: Front) -> AsyncIterator[House]:
    made = House(tmp_path, front.url)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def credentials(s3_server: S3Server) -> Secret:
    return Secret(":".join(s3_server.keys))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "AGAIN_SECONDS", (0.0, 0.0))


async def test_what_stays_here_as_it_is_is_told_of_at_once(house: House) -> None:
    await house.recorded(Record(notify=True))
    event = await house.told_of(RecordingAvailable)
    assert isinstance(event, RecordingAvailable)
    assert (event.data, event.root, event.destination, event.format) == (noted("mine"), "call-1", "", "wav")
    assert (await house.row()).available and house.files.path("rec-1").is_file()


async def test_nothing_is_told_where_nothing_was_asked_for(house: House) -> None:
    await house.recorded(Record())
    await house.idle()
    assert [type(one) for one in house.told] == [TaskEnded]


async def test_an_mp3_takes_the_wav_s_place(house: House) -> None:
    await house.recorded(Record(format="mp3", notify=True))
    await house.told_of(RecordingAvailable)
    assert sorted(path.suffix for path in house.folder.glob("rec-1.*")) == [".mp3"]
    measure = await house.files.measure("rec-1")
    assert measure.seconds == pytest.approx(2.0, abs=0.2) and measure.level_dbfs == pytest.approx(-9.8, abs=1)
    assert measure.bytes < 16_000 and (await house.row()).bytes == measure.bytes
    assert await house.files.delete("rec-1") and not await house.files.delete("rec-1")


@pytest.mark.parametrize(
    ("folder", "key"),
    [("", "call-1.mp3"), ("/calls/", "calls/call-1.mp3"), ("/calls/mine.mp3", "calls/mine.mp3")],
)
async def test_a_recording_goes_into_its_bucket_and_not_here(
    house: House, bucket: Bucket, credentials: Secret, folder: str, key: str
) -> None:
    destination = f"s3://{bucket.name}{folder}"
    await house.recorded(Record(format="mp3", destination=destination, credentials=credentials, notify=True))
    event = await house.told_of(RecordingAvailable)
    assert isinstance(event, RecordingAvailable) and event.destination == f"s3://{bucket.name}/{key}"
    stored = bucket.get(key)
    assert stored.content_type == "audio/mpeg" and len(stored.body) > 1000
    await house.idle()
    assert list(house.folder.glob("rec-1.*")) == [] and (await house.row()).deleted


async def test_what_was_sealed_under_another_secret_is_told_and_the_recording_stays(
    house: House, bucket: Bucket, credentials: Secret
) -> None:
    await house.end()
    await house.begin(endpoint="", secret="a secret that was set later")
    await house.recorded(Record(destination=f"s3://{bucket.name}", credentials=credentials, notify=True))
    event = await house.told_of(RecordingUndelivered)
    assert isinstance(event, RecordingUndelivered) and "CARILLON_SECRET" in event.reason
    assert credentials.value not in event.reason and house.files.path("rec-1").is_file()


async def test_what_is_in_the_bucket_is_what_was_recorded(house: House, bucket: Bucket, credentials: Secret) -> None:
    record = Record(destination=f"s3://{bucket.name}", credentials=credentials, notify=True)
    await house.platform.stop()
    await house.recorded(record)
    made = house.files.path("rec-1").read_bytes()
    await house.restart()
    await house.told_of(RecordingAvailable)
    assert bucket.get("call-1.wav") == ("audio/wav", made)


async def test_a_bucket_that_is_away_is_asked_again(
    house: House, front: Front, bucket: Bucket, credentials: Secret, at_once: None
) -> None:
    front.answers = [(503, "SlowDown"), (500, "InternalError")]
    await house.recorded(Record(destination=f"s3://{bucket.name}", credentials=credentials, notify=True))
    await house.told_of(RecordingAvailable)
    assert front.asked == 3 and bucket.keys == ["call-1.wav"]


@pytest.mark.parametrize("answers", [[(403, "AccessDenied")], [(503, "SlowDown")] * 3])
async def test_a_recording_that_nobody_takes_stays_here_and_the_reason_is_told(
    house: House, front: Front, bucket: Bucket, credentials: Secret, at_once: None, answers: list[tuple[int, str]]
) -> None:
    front.answers = list(answers)
    await house.recorded(Record(destination=f"s3://{bucket.name}", credentials=credentials))
    event = await house.told_of(RecordingUndelivered)
    assert isinstance(event, RecordingUndelivered) and answers[0][1] in event.reason
    assert (await house.row()).error == event.reason and house.files.path("rec-1").is_file()
    assert bucket.keys == [] and front.asked == len(answers)


async def test_what_was_left_undone_is_done_after_the_start(house: House, bucket: Bucket, credentials: Secret) -> None:
    await house.platform.stop()
    await house.recorded(Record(destination=f"s3://{bucket.name}", credentials=credentials, notify=True))
    await house.restart()
    await house.told_of(RecordingAvailable)
    assert bucket.keys == ["call-1.wav"]


async def test_what_a_version_without_times_left_undone_is_done_after_the_start(
    house: House, bucket: Bucket, credentials: Secret
) -> None:
    await house.platform.stop()
    await house.recorded(Record(destination=f"s3://{bucket.name}", credentials=credentials, notify=True))

    def heard_already(conn: Connection) -> None:
        cursors.put(conn, "recording delivery", events.last_position(conn))

    await house.writer.write(heard_already)
    await house.restart()
    await house.told_of(RecordingAvailable)
    assert bucket.keys == ["call-1.wav"]


async def test_the_time_of_the_next_attempt_outlives_the_controller(
    house: House, front: Front, bucket: Bucket, credentials: Secret
) -> None:
    front.answers = [(503, "SlowDown")] * 2
    await house.recorded(Record(destination=f"s3://{bucket.name}", credentials=credentials, notify=True))
    while not [one for one in await house.waiting() if one.attempts == 2]:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    (left,) = await house.waiting()
    assert left.at == pytest.approx(house.clock() + 5, abs=2) and "SlowDown" in str(left.error)
    await house.restart()
    assert front.asked == 2 and (await house.waiting())[0].attempts == 2
    house.ahead += 5
    await house.told_of(RecordingAvailable)
    await house.idle()
    assert front.asked == 3 and bucket.keys == ["call-1.wav"]


@pytest.mark.parametrize(("format", "words"), [("mp3", "no such recording"), ("wav", "cannot be read: No such file")])
async def test_a_file_that_is_lost_is_told(house: House, format: Literal["mp3", "wav"], words: str) -> None:
    await house.platform.stop()
    await house.recorded(Record(format=format, notify=True))
    house.files.path("rec-1").unlink()
    await house.restart()
    event = await house.told_of(RecordingUndelivered)
    assert isinstance(event, RecordingUndelivered) and words in event.reason
