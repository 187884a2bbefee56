"""Scheduled calls that fail in a way nobody foresaw, or of which something odd is stored."""

import pytest
from sqlalchemy import Connection, text

from engine.events import ScheduledCallRefused
from engine.features.errors import InvalidSetting
from engine.features.scheduled_calls.service import FAILED, UNREADABLE
from engine.platform import scheduler
from engine.store import events
from tests.engine.features.scheduled_calls.test_service import NOW, WANTED, Clockwork, clockwork

__all__ = ["clockwork"]


async def test_a_call_that_nobody_can_place_is_refused_in_the_end_and_tells_nothing_of_ours(
    monkeypatch: pytest.MonkeyPatch, clockwork: Clockwork
) -> None:
    monkeypatch.setattr(scheduler, "AGAIN_SECONDS", (0.0, 0.0))
    clockwork.engine.refusals = [KeyError("/srv/carillon: secret column")] * 3
    made = await clockwork.calls.schedule("acct-1", WANTED, NOW + 60)
    await clockwork.at(60, clockwork.refused)
    assert clockwork.engine.refusals == [] and (await clockwork.calls.get("acct-1", made.id)).reason == FAILED
    (found,) = await clockwork.database.read(lambda conn: events.of_subject(conn, made.id))
    assert isinstance(found.event, ScheduledCallRefused) and found.event.reason == FAILED


async def test_a_call_that_fails_once_is_placed_then(monkeypatch: pytest.MonkeyPatch, clockwork: Clockwork) -> None:
    monkeypatch.setattr(scheduler, "AGAIN_SECONDS", (0.0, 0.0))
    clockwork.engine.refusals = [KeyError("once")]
    await clockwork.calls.schedule("acct-1", WANTED, NOW + 60)
    await clockwork.at(60, clockwork.gone)
    assert len(clockwork.engine.placed) == 1


@pytest.mark.parametrize(
    "payload", ["", "{broken", "null", "{}", '{"callee":7}', '{"callee":"1","tasks":[{"kind":"x"}]}']
)
async def test_one_that_cannot_be_read_hides_no_other_and_is_refused_or_cancelled(
    clockwork: Clockwork, payload: str
) -> None:
    odd = await clockwork.calls.schedule("acct-1", WANTED, NOW + 60)
    good = await clockwork.calls.schedule("acct-1", WANTED, NOW + 3600)

    def damaged(conn: Connection) -> None:
        conn.execute(text("UPDATE due_work SET payload = :payload WHERE id = :id"), {"payload": payload, "id": odd.id})

    await clockwork.writer.write(damaged)
    assert [call.id for call in await clockwork.calls.page("acct-1")] == [odd.id, good.id]

    async def refused() -> bool:
        return await clockwork.states() == ["scheduled", "refused"]

    await clockwork.at(60, refused)
    assert (await clockwork.calls.get("acct-1", odd.id)).reason == UNREADABLE and clockwork.engine.placed == []
    await clockwork.calls.cancel("acct-1", odd.id)
    assert await clockwork.states() == ["scheduled"]


@pytest.mark.parametrize("at", [1e300, -1e300, float("nan"), float("inf"), float("-inf")])
async def test_a_time_that_is_none_is_refused_with_a_short_sentence(clockwork: Clockwork, at: float) -> None:
    with pytest.raises(InvalidSetting) as refused:
        await clockwork.calls.schedule("acct-1", WANTED, at)
    assert len(str(refused.value)) < 100
