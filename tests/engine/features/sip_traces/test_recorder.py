"""From the socket to the store and back: masked, bounded, removed in time."""

import asyncio
import socket
from collections.abc import AsyncIterator

import msgspec
import pytest

from engine.features.sip_traces import listener as listening
from engine.features.sip_traces import recorder as recording
from engine.features.sip_traces import store
from engine.features.sip_traces.model import SipMessage, TraceSettings
from engine.features.sip_traces.recorder import Recorder
from engine.features.sip_traces.service import SipTraces
from engine.features.sip_traces.store import Chunk
from engine.platform.platform import Platform
from engine.store.database import Database
from engine.store.writer import Writer
from tests.support.features import platform_of
from tests.support.hep import PASSWORD, answer, invite, packet, request

SETTINGS = TraceSettings(port=0, password=PASSWORD)


class Tracing:
    """A recorder that listens on a port of its own, and an Asterisk that sends to it."""

    def __init__(self, platform: Platform, settings: TraceSettings = SETTINGS) -> None:
        self.recorder = Recorder(platform, settings)
        self.traces = SipTraces(platform.database, settings, self.recorder)
        self.sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(self, *datagrams: bytes) -> None:
        for datagram in datagrams:
            self.sender.sendto(datagram, ("127.0.0.1", self.recorder.listener.port))

    async def close(self) -> None:
        await self.recorder.stop()
        self.sender.close()


@pytest.fixture
def platform(database: Database, writer: Writer, tmp_path: object) -> Platform:
    return platform_of(database, writer, None, tmp_path)  # type: ignore[arg-type]


@pytest.fixture
async def tracing(platform: Platform) -> AsyncIterator[Tracing]:
    tracing = Tracing(platform)
    await tracing.recorder.start()
    yield tracing
    await tracing.close()


async def test_a_call_that_is_up_is_shown_with_what_was_sent_until_now(tracing: Tracing) -> None:
    tracing.recorder.collector.claim("call_1", "a@b")
    tracing.send(packet(invite("a@b"), "a@b"), packet(answer("a@b", "180 Ringing"), "a@b"))
    (dialog,) = await tracing.traces.of_calls(["call_1", "call_2"])
    assert (dialog.call, dialog.sip_call_id, dialog.left_out, dialog.gaps) == ("call_1", "a@b", 0, ())
    assert [one.content for one in dialog.messages] == [invite("a@b"), answer("a@b", "180 Ringing")]
    tracing.send(packet(request("a@b", "BYE"), "a@b"))
    (dialog,) = await tracing.traces.of_calls(["call_1"])
    assert len(dialog.messages) == 3


async def test_what_is_stored_is_masked(tracing: Tracing, database: Database) -> None:
    tracing.recorder.collector.claim("call_1", "a@b")
    secret = invite("a@b").replace(b"CSeq", b'Authorization: Digest response="0123abcd"\r\nCSeq')
    tracing.send(packet(secret, "a@b"))
    (dialog,) = await tracing.traces.of_calls(["call_1"])
    assert b'response="********"' in dialog.messages[0].content


async def test_what_arrived_before_the_end_is_stored(platform: Platform) -> None:
    tracing = Tracing(platform)
    await tracing.recorder.start()
    tracing.recorder.collector.claim("call_1", "a@b")
    tracing.send(packet(invite("a@b"), "a@b"))
    await tracing.close()
    assert len(await tracing.traces.of_calls(["call_1"])) == 1


async def test_a_second_controller_adds_to_what_the_first_one_stored_and_says_where(platform: Platform) -> None:
    for content in (invite("a@b"), request("a@b", "BYE")):
        tracing = Tracing(platform)
        await tracing.recorder.start()
        tracing.recorder.collector.claim("call_1", "a@b")
        tracing.send(packet(content, "a@b"))
        await tracing.close()
    (dialog,) = await tracing.traces.of_calls(["call_1"])
    assert (len(dialog.messages), dialog.gaps) == (2, (1,))


async def test_garbage_and_packets_with_another_password_are_counted_and_do_no_harm(tracing: Tracing) -> None:
    tracing.recorder.collector.claim("call_1", "a@b")
    tracing.send(
        b"", b"\0" * 100, b"HEP3", packet(invite("a@b"), "a@b", password="guessed"), packet(invite("a@b"), "a@b")
    )
    (dialog,) = await tracing.traces.of_calls(["call_1"])
    assert (len(dialog.messages), tracing.recorder.listener.refused) == (1, 4)


async def test_of_ten_thousand_packets_at_once_each_is_kept_or_counted(
    tracing: Tracing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "UP_TO_DATE_SECONDS", 60.0)
    calls = 200
    for number in range(calls):
        tracing.recorder.collector.claim(f"call_{number}", f"{number}@b")

    def send() -> None:
        for turn in range(10_000 // calls):
            tracing.send(*(packet(request(f"{n}@b", "INFO", number=turn), f"{n}@b") for n in range(calls)))

    await asyncio.to_thread(send)
    kept = await tracing.traces.of_calls([f"call_{number}" for number in range(calls)])
    seen = sum(len(dialog.messages) for dialog in kept)
    assert seen == tracing.recorder.collector.taken
    assert seen + tracing.recorder.collector.lost == 10_000


async def test_what_the_socket_cannot_hold_is_counted_by_the_kernel(
    tracing: Tracing, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracing.recorder.collector.claim("call_1", "a@b")
    buffer = tracing.recorder.listener._socket
    assert buffer
    buffer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # the kernel makes it its least
    tracing.send(*(packet(request("a@b", "INFO", number=n), "a@b") for n in range(100)))  # nobody reads meanwhile
    await tracing.traces.of_calls([])
    tracing.send(packet(request("a@b", "BYE"), "a@b"))  # a count comes with the next packet that arrives
    (dialog,) = await tracing.traces.of_calls(["call_1"])
    assert 1 < len(dialog.messages) < 101
    assert len(dialog.messages) + tracing.recorder.collector.lost == 101


async def test_a_store_that_does_not_answer_delays_nobody_and_loses_no_more_than_is_counted(
    tracing: Tracing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "UP_TO_DATE_SECONDS", 0.05)
    monkeypatch.setattr(listening, "MOST_HELD", 2000)
    released = asyncio.Event()
    write = tracing.recorder._writer.write

    async def slow(unit: object, **more: object) -> object:
        await released.wait()
        return await write(unit, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(tracing.recorder._writer, "write", slow)
    tracing.recorder.collector.claim("call_1", "a@b")
    tracing.send(packet(invite("a@b"), "a@b"))
    assert await tracing.traces.of_calls(["call_1"]) == [], "who looks does not wait for ever"
    tracing.send(*(packet(request("a@b", "INFO", number=n), "a@b") for n in range(20)))
    await asyncio.sleep(0)
    released.set()
    monkeypatch.setattr(recording, "UP_TO_DATE_SECONDS", 5.0)
    (dialog,) = await tracing.traces.of_calls(["call_1"])
    assert len(dialog.messages) + tracing.recorder.collector.lost == 21
    assert tracing.recorder.collector.lost > 0


async def test_a_port_that_is_taken_leaves_calls_without_traces(platform: Platform) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        tracing = Tracing(platform, msgspec.structs.replace(SETTINGS, port=other.getsockname()[1]))
        await tracing.recorder.start()
        assert await tracing.traces.of_calls(["call_1"]) == []
        await tracing.close()


@pytest.mark.parametrize("off", [{"hours": 0.0}, {"password": ""}])
async def test_where_it_is_off_nothing_listens(platform: Platform, off: dict[str, object]) -> None:
    tracing = Tracing(platform, msgspec.structs.replace(SETTINGS, **off))
    await tracing.recorder.start()
    with pytest.raises(AssertionError):
        _ = tracing.recorder.listener.port
    assert (await tracing.traces.of_calls(["call_1"]), tracing.traces.hours) == ([], 0.0)
    await tracing.close()


def chunk(call: str, at: float, size: int = 100) -> Chunk:
    messages = store.packed([SipMessage(at, "127.0.0.1:5060", "127.0.0.2:5070", invite(call))])
    return Chunk(call=call, sip_call_id=call, at=at, size=size, left_out=0, gap=False, messages=messages)


async def kept(database: Database) -> list[str]:
    ids = [f"call_{number}" for number in range(10)]
    return [dialog.call for dialog in await database.read(lambda conn: store.of_calls(conn, ids))]


async def test_what_is_older_than_the_hours_goes(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "ROWS_AT_ONCE", 2)
    now = platform.clock()
    ages = [7200.0, 5000.0, 3700.0, 3500.0, 0.0]
    chunks = [chunk(f"call_{number}", now - age) for number, age in enumerate(ages)]
    await platform.writer.write(lambda conn: store.add(conn, chunks))
    await Recorder(platform, TraceSettings(hours=1.0)).sweep()
    assert await kept(platform.database) == ["call_3", "call_4"]


async def test_of_too_much_the_oldest_goes(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "ROWS_AT_ONCE", 2)
    now = platform.clock()
    chunks = [chunk(f"call_{number}", now - 10 + number, size=400_000) for number in range(8)]
    await platform.writer.write(lambda conn: store.add(conn, chunks))
    await Recorder(platform, TraceSettings(megabytes=1.3)).sweep()
    assert await kept(platform.database) == ["call_5", "call_6", "call_7"]


async def test_the_size_of_a_row_is_what_it_takes_in_the_database(tracing: Tracing, database: Database) -> None:
    tracing.recorder.collector.claim("call_1", "a@b")
    tracing.send(packet(invite("a@b"), "a@b"))
    await tracing.traces.of_calls(["call_1"])
    assert 400 < await database.read(store.total) < 900
