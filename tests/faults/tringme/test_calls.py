"""kill -9 of the controller during calls of a TringMe customer's: each notification comes once, and in order."""

import asyncio
from typing import Any

import pytest

from tests.clients.tringme.client import TringMe
from tests.e2e.tringme.conftest import Notified, notified, tringme
from tests.faults.conftest import ROUNDS, kill_the_controller
from tests.support import people
from tests.support.carillon import Own
from tests.support.scenario import LabEars, until
from tests.support.sink import Sink
from tests.support.system import System

__all__ = ["notified", "tringme"]
GREETING = 500.0


def _connected(call: dict[str, Any]) -> bool:
    return [leg["state"] for leg in call["legs"]] == ["answered"]


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_two_parties_go_on_talking_and_each_notification_comes_once_and_in_order(
    tringme: TringMe,
    notified: Notified,
    sink: Sink,
    lab: LabEars,
    own: Own,
    system: System,
    turn: int,
) -> None:
    (first, _), (second, high) = people.speakers(2)
    plain = await tringme.ok("call", src=first, dest=second, flag="3", tag="plain")
    asking = await tringme.ok(
        "call", src=people.PRESSES_1, dest=second, flag="3", greeting=sink.tone(GREETING, 0.5), dtmf="1"
    )
    for call in (plain, asking):
        await notified.until(call, "SRCANSWERED")
    await notified.until(asking, "DTMF")
    for call in (plain, asking):
        await until(lambda call=call: own.call(call), _connected, what=f"{call} is connected")
    await asyncio.sleep(0.3 * turn)
    await kill_the_controller(system)
    await asyncio.sleep(3.0)  # of conversation
    for call in (plain, asking):
        (leg,) = (await own.call(call))["legs"]
        assert (await own.ask("DELETE", f"calls/{leg['id']}"))[0] < 300
    for call in (plain, asking):
        ended = await notified.until(call, "COMPLETED")
        assert int(ended["destduration"]) >= 3
        assert (await lab.of(call)).heard.has(high, 3.0)
    assert notified.statuses(plain) == ["SRCANSWERED", "COMPLETED"]
    assert notified.statuses(asking) == ["SRCANSWERED", "DTMF", "COMPLETED"]
    keys = [one.headers["Carillon-Event-Id"] for one in sink.received if one.path.startswith(f"/{notified.path}")]
    assert len(keys) == len(set(keys)) == 5, "none came twice"
