"""A call that rings a group, for the engine's tests."""

from typing import Any

from engine.calls.admission_protocol import Route
from engine.calls.directory import Answering
from engine.calls.group_ringing import member_of
from engine.events import TaskStarted
from engine.tasks.kinds import AnyTask
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange


async def led_in(exchange: Exchange, asterisk: FakeAri, *tasks: AnyTask, **answering: Any) -> None:
    """A call comes in on the channel in-1, for whom these tasks are queued."""
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=tasks, **answering)
    asterisk.incoming("in-1", ["inbound", "500"], number="12015550101")
    await settled()


async def ringing(exchange: Exchange, asterisk: FakeAri, *tasks: AnyTask) -> tuple[str, list[str]]:
    """A call that came in and rings a group: its id, and those that its members' legs have or will have."""
    for number in ("101", "102", "103"):
        exchange.admission.routes_of.setdefault(number, (Route(endpoint=f"PJSIP/{number}"),))
    await led_in(exchange, asterisk, *tasks)
    started = await exchange.event(TaskStarted, kind="ring")
    await settled()
    return started.subject, [member_of(started.task, place) for place in range(3)]


def dialled(asterisk: FakeAri) -> list[str]:
    """The channels that were dialled so far, in their order."""
    paths = [one.path.split("/") for one in asterisk.requests if one.method == "POST" and one.path.endswith("/dial")]
    return [path[2] for path in paths]
