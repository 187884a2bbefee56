"""kill -9 of the controller during calls of a TringMe customer's: each notification comes once, and in order."""

import asyncio

import pytest

from tests.clients.tringme.client import TringMe
from tests.e2e.tringme.conftest import Notified, notified, tringme
from tests.faults.conftest import ROUNDS, kill_the_controller
from tests.support import people
from tests.support.carillon import Own
from tests.support.scenario import LabEars
from tests.support.sink import Sink
from tests.support.system import System

__all__ = ["notified", "tringme"]
GREETING, GOODBYE = 500.0, 620.0


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
    ending = await tringme.ok(
        "call", src=first, dest=second, flag="3", greeting=sink.tone(GREETING, 0.5), goodbye=sink.tone(GOODBYE, 0.5)
    )
    for call in (plain, ending):
        await notified.until(call, "SRCANSWERED")
    await asyncio.sleep(2.0 + 0.3 * turn)
    await kill_the_controller(system)
    await asyncio.sleep(3.0)  # of conversation
    for call in (plain, ending):
        (leg,) = (await own.call(call))["legs"]
        assert (await own.ask("DELETE", f"calls/{leg['id']}"))[0] < 300
    for call in (plain, ending):
        ended = await notified.until(call, "COMPLETED")
        assert int(ended["destduration"]) >= 4
        assert (await lab.of(call)).heard.has(high, 3.0)
    assert [notified.statuses(call) for call in (plain, ending)] == [["SRCANSWERED", "COMPLETED"]] * 2
    keys = [one.headers["Carillon-Event-Id"] for one in sink.received if one.path.startswith(f"/{notified.path}")]
    assert len(keys) == len(set(keys)) == 4, "none came twice"
    assert (await lab.of(ending)).heard.has(GOODBYE, 0.3)
