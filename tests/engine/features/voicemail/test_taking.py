"""A recording becomes a message, trimmed and levelled, once, whatever ends meanwhile; too short a one becomes none."""

import asyncio
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.features.voicemail.events import VoicemailCounted, VoicemailReceived
from engine.features.voicemail.model import BoxFields, Folder, Message
from engine.features.voicemail.taking import KIND, Taking
from engine.model.call import Direction
from engine.platform import due_work
from engine.store import events, recordings
from engine.tasks.results import Failed
from tests.engine.features.voicemail.conftest import ANNA, BEN, House, spoken


async def taken(house: House, count: int) -> list[Message]:
    """Wait until nothing is left to do, and return the messages, which must be so many."""
    async with asyncio.timeout(20):
        while await _waiting(house):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    found = await house.voicemail.messages("acct-1")
    assert len(found) == count
    return found


async def _waiting(house: House) -> bool:
    platform = house.platform
    if not (platform.consumers.idle and platform.scheduler.idle):
        return True
    return any([await house.db.read(lambda conn, kind=kind: due_work.of_account(conn, kind)) for kind in
                (KIND, "voicemail.file")])  # fmt: skip


def names(house: House) -> list[str]:
    """The files of recordings and messages."""
    return sorted(path.name for path in house.folder.iterdir() if path.suffix in (".wav", ".mp3", ".part"))


async def test_a_message_is_trimmed_levelled_and_says_who_called_whom_and_when(house: House) -> None:
    await house.recorded(spoken(4.0, before=1.5, after=2.0, level=0.02))
    (message,) = await taken(house, 1)
    shown = (message.caller, message.called, message.call, message.received, message.folder, message.read)
    assert shown == ("12015550114", "12015550100", "call-1", house.now, Folder.INBOX, False)
    assert message.seconds == pytest.approx(4.3, abs=0.05)
    sound = await house.voicemail.sound("acct-1", message.id)
    samples, rate = soundfile.read(sound.path)
    assert (sound.format, rate, len(samples) / rate) == ("mp3", 8000, pytest.approx(4.3, abs=0.2))
    middle = samples[rate : 3 * rate]
    assert 20 * np.log10(np.sqrt(np.mean(middle**2))) == pytest.approx(-20, abs=1.5)


async def test_of_a_call_that_we_placed_whom_we_called_left_it(house: House) -> None:
    await house.recorded(spoken(3.0), direction=Direction.OUTBOUND)
    (message,) = await taken(house, 1)
    assert (message.caller, message.called) == ("12015550100", "12015550100")


async def test_it_is_told_with_the_counts_of_its_box_and_its_raw_recording_is_gone(house: House) -> None:
    await house.recorded(spoken(3.0))
    (message,) = await taken(house, 1)
    box = await house.voicemail.box("acct-1", ANNA)
    told = [one.event for one in await house.db.read(lambda conn: events.after(conn, 0, 100))]
    (received,) = [event for event in told if isinstance(event, VoicemailReceived)]
    assert (received.subject, received.number, received.caller) == (message.id, ANNA, "12015550114")
    (counted,) = [event for event in told if isinstance(event, VoicemailCounted)]
    assert (counted.subject, counted.new, counted.old) == (box.id, 1, 0)
    assert names(house) == [f"{message.file}.mp3"]
    assert await house.db.read(lambda conn: recordings.get(conn, "rec-1")) is None


@pytest.mark.parametrize("samples", [spoken(1.0), np.zeros(40_000, np.float32), np.zeros(0, np.float32)])
async def test_less_than_the_least_silence_and_nothing_are_not_kept(house: House, samples: np.ndarray) -> None:
    await house.recorded(samples)
    await taken(house, 0)
    assert names(house) == []


async def test_the_noise_of_a_line_is_silence(house: House) -> None:
    noise = np.random.default_rng(7).normal(0, 0.001, 8000 * 8).astype(np.float32)
    noise[16_000:40_000] += spoken(3.0, 0, 0)
    await house.recorded(noise)
    (message,) = await taken(house, 1)
    assert message.seconds == pytest.approx(3.3, abs=0.1)


async def test_a_withheld_caller_is_not_kept(house: House) -> None:
    await house.recorded(spoken(3.0), private=True)
    (message,) = await taken(house, 1)
    assert (message.caller, message.withheld) == ("", True)


async def test_a_box_of_wav_files_gets_wav_files(house: House) -> None:
    await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(format="wav"))
    await house.recorded(spoken(3.0))
    (message,) = await taken(house, 1)
    assert names(house) == [f"{message.file}.wav"]


async def test_what_was_said_before_the_media_server_died_is_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = house._ended
    monkeypatch.setattr(house, "_ended", lambda id, call, outcome: ended(id, call, Failed("recording_lost", "")))
    await house.recorded(spoken(3.0))
    await taken(house, 1)


async def test_a_recording_without_a_file_is_no_message_and_holds_up_no_other(house: House) -> None:
    await house.recorded(None)
    await house.recorded(spoken(3.0), id="2", box=BEN)
    (message,) = await taken(house, 1)
    assert message.call == "call-2"


@pytest.mark.parametrize("step", ["take", "_made", "_kept_in", "_dropped"])
async def test_a_controller_that_ends_at_any_step_leaves_one_message_to_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    reached, whole = asyncio.Event(), getattr(Taking, step)
    loop = asyncio.get_running_loop()

    def dies(*given: Any) -> Any:
        loop.call_soon_threadsafe(reached.set)
        if step == "_made":  # the file is there, and nothing of it in the store
            return _made_and_lost(whole, *given)
        raise RuntimeError("the controller is killed here")

    with monkeypatch.context() as until_killed:
        until_killed.setattr(Taking, step, dies)
        if step == "take":  # the feature has taken it already
            timer = house.platform.scheduler._timers[KIND]
            house.platform.scheduler._timers[KIND] = timer._replace(handler=dies)
        await house.recorded(spoken(3.0))
        await asyncio.wait_for(reached.wait(), 20)
        await house.end()
    house.now += 60
    await house.begin()
    (message,) = await taken(house, 1)
    assert names(house) == [f"{message.file}.mp3"]
    told = [one.event for one in await house.db.read(lambda conn: events.after(conn, 0, 100))]
    assert sum(isinstance(event, VoicemailReceived) for event in told) == 1


async def _made_and_lost(made: Any, *given: Any) -> Any:
    await made(*given)
    raise RuntimeError("the controller is killed here")


async def test_messages_to_a_box_that_was_removed_meanwhile_go(house: House) -> None:
    await house.recorded(None)  # so that its box has no message yet
    await taken(house, 0)
    purpose_of = await house.voicemail.box("acct-1", BEN)
    await house.platform.scheduler.stop()
    await house.recorded(spoken(3.0), id="2", box=BEN)
    await house.voicemail.delete_box(house.by, "acct-1", BEN)
    await house.end()
    await house.begin()
    await taken(house, 0)
    assert names(house) == [] and purpose_of.number == BEN
