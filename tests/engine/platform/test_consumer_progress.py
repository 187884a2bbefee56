"""How far consumers of events have come, and whether one goes on failing: what the operator is shown."""

import asyncio

import pytest

from engine.platform import consumers as module
from engine.platform.consumers import Progress
from engine.store.errors import StoreUnavailable
from engine.store.writer import Writer
from tests.engine.platform.test_consumers import LIMIT_SECONDS, Noting, Start, commit, start

__all__ = ["start"]


async def test_one_that_goes_on_failing_is_shown_with_what_waits_for_it_and_the_others_go_on(
    start: Start, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.001)
    failing, other = Noting("failing"), Noting("other")
    failing.failures = [RuntimeError("planted") for _ in range(1000)]
    consumers = await start(failing, other)
    ids = await commit(writer, 5)
    await other.until(ids[-1])
    async with asyncio.timeout(LIMIT_SECONDS):
        while consumers.progress()["failing"].failures < 3:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert consumers.progress()["failing"].behind == 5
    failing.failures.clear()
    await failing.until(ids[-1])
    async with asyncio.timeout(LIMIT_SECONDS):
        while not consumers.idle:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert set(consumers.progress().values()) == {Progress(0, 0)}


async def test_an_outage_of_the_database_is_no_failure_of_a_consumer(
    start: Start, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_AFTER_OUTAGE", 0.001)
    waiting = Noting()
    waiting.failures = [StoreUnavailable("planted")]
    consumers = await start(waiting)
    ids = await commit(writer)
    async with asyncio.timeout(LIMIT_SECONDS):
        while waiting.calls < 1:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert consumers.progress()["noting"].failures == 0
    await waiting.until(ids[-1])
