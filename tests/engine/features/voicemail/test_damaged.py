"""A recording that cannot be read ends as an event with a reason, never silently, and holds up no other message."""

import asyncio
from typing import Any

import pytest

from engine.features.voicemail.events import VoicemailFailed, VoicemailReceived
from engine.features.voicemail.taking import DAMAGED_SECONDS, KIND
from engine.platform import due_work
from engine.store import recordings
from engine.tasks.results import Failed
from tests.engine.features.voicemail.conftest import ANNA, BEN, House, spoken
from tests.engine.features.voicemail.test_messages import told

NOT_A_WAV = b"this is no WAV" * 100


async def handled(house: House) -> None:
    """Wait until no recording is left to take."""
    async with asyncio.timeout(20):
        while not (house.platform.consumers.idle and house.platform.scheduler.idle) or await house.db.read(  # noqa: ASYNC110
            lambda conn: due_work.of_account(conn, KIND)
        ):
            await asyncio.sleep(0.01)


async def damaged(house: House, content: bytes | None, **more: Any) -> None:
    """A call to a box was recorded, and its file has this content, or (None) is not there."""
    if content is not None:
        (house.folder / f"rec-{more.get('id', '1')}.wav").write_bytes(content)
    await house.recorded(None, **more)
    await handled(house)


@pytest.mark.parametrize(("content", "reason"), [(NOT_A_WAV, "damaged"), (b"", "damaged"), (None, "missing")],
                         ids=["noise", "empty", "none"])  # fmt: skip
async def test_it_ends_with_an_event_of_the_call_that_says_why(
    house: House, content: bytes | None, reason: str
) -> None:
    await damaged(house, content)
    (failed,) = await told(house, VoicemailFailed)
    assert (failed.subject, failed.root, failed.recording) == ("call-1", "call-1", "rec-1")
    assert (failed.number, failed.caller, failed.called, failed.reason) == (
        ANNA, "12015550114", "12015550100", reason,
    )  # fmt: skip
    assert await told(house, VoicemailReceived) == [] and await house.voicemail.messages("acct-1") == []
    assert await house.db.read(lambda conn: recordings.get(conn, "rec-1")) is None


async def test_subscribers_hear_the_reason(house: House) -> None:
    await damaged(house, NOT_A_WAV, private=True)
    (failed,) = await told(house, VoicemailFailed)
    (entry,) = house.platform.catalogue.of(failed)
    assert entry.name == "voicemail.failed"
    assert entry.fields(failed) == {
        "box": ANNA, "caller": "", "called": "12015550100", "recording": "rec-1", "reason": "damaged",
    }  # fmt: skip


async def test_its_file_stays_for_a_week_and_then_goes(house: House) -> None:
    await damaged(house, NOT_A_WAV)
    file = house.folder / "rec-1.wav"
    assert file.read_bytes() == NOT_A_WAV
    house.now += DAMAGED_SECONDS + 1
    house.platform.scheduler.wake()
    async with asyncio.timeout(20):
        while file.exists():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_others_are_taken_meanwhile(house: House) -> None:
    await damaged(house, NOT_A_WAV)
    await house.recorded(spoken(3.0), id="2", box=BEN)
    await handled(house)
    (message,) = await house.voicemail.messages("acct-1")
    assert message.call == "call-2"


async def test_a_caller_who_hung_up_before_the_recorder_began_left_nothing_that_could_be_lost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = house._ended
    monkeypatch.setattr(house, "_ended", lambda id, call, outcome: ended(id, call, Failed("call_ended", "")))
    await damaged(house, None)
    assert await told(house, VoicemailFailed) == []
