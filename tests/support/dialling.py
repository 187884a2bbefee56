"""A call that dials, for the engine's tests: told in one line."""

from typing import Any

from engine.calls.directory import Answering
from engine.events import TaskStarted
from engine.tasks.dial import Dial
from engine.tasks.kinds import AnyTask
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange


async def dialling(exchange: Exchange, asterisk: FakeAri, *tasks: AnyTask, **answering: Any) -> tuple[str, str]:
    """A call that came in on the channel in-1 and dials: it, and the other one."""
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=tasks, **answering)
    asterisk.incoming("in-1", ["inbound", "500"], number="12015550101")
    dialled = await asterisk.asked("POST", "/channels/*/dial")
    started = await exchange.event(TaskStarted, kind="dial")
    await settled()
    return started.subject, dialled.path.split("/")[2]


async def answered_and_dialling(exchange: Exchange, asterisk: FakeAri, dial: Dial, **fields: Any) -> tuple[str, str]:
    """A call that we placed, that was answered, and that dials: it, and the other one."""
    call = await exchange.call(dial, **fields)
    dialled = await asterisk.asked("POST", "/channels/*/dial", 2)
    await settled()
    return call.id, dialled.path.split("/")[2]


async def connected(exchange: Exchange, asterisk: FakeAri, *tasks: AnyTask, **answering: Any) -> tuple[str, str]:
    """A call that came in and one that it dialled, in their bridge."""
    one, other = await dialling(exchange, asterisk, *tasks, **answering)
    asterisk.picks_up(other)
    await asterisk.asked("POST", "/bridges/*/addChannel", 2)
    await settled()
    return one, other


def order(asterisk: FakeAri, *wanted: tuple[str, str]) -> list[int]:
    """Where the first request of each of these (method, beginning of the path) came among all requests."""
    found = []
    for method, path in wanted:
        places = [i for i, one in enumerate(asterisk.requests) if one.method == method and one.path.startswith(path)]
        assert places, f"nobody asked {method} {path}"
        found.append(places[0])
    return found
