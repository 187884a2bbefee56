"""kill -9 of the controller about the time of scheduled calls: each is placed, once, and is heard."""

import asyncio
import time

from tests.e2e.conftest import make_account
from tests.faults.conftest import kill_the_controller
from tests.support import people
from tests.support.carillon import Admin, Own, moment
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, call_ended, until
from tests.support.sink import Sink
from tests.support.system import System

CALLS = 20
SECONDS = 4.0
"""Over which the calls are due; the controller is killed in the middle."""


async def test_calls_that_are_due_about_a_kill_are_each_placed_once(
    own: Own, admin: Admin, sink: Sink, lab: LabEars, system: System
) -> None:
    account = make_account(admin)
    await admin.ask("PATCH", f"accounts/{account.name}/limits", {"calls_per_second": 100})
    mine = Own(own.session, system, account)
    tasks = [{"kind": "play", "source": sink.tone(620, 0.5)}, {"kind": "hang_up"}]
    first = time.time() + 3
    times = [first + SECONDS * number / CALLS for number in range(CALLS)]
    made = [
        (await mine.ask("POST", "calls", json={"callee": people.LISTENS, "tasks": tasks, "at": at}))[1]["id"]
        for at in times
    ]
    await asyncio.sleep(max(0.0, first + SECONDS / 2 - time.time()))
    await kill_the_controller(system)
    ready = time.time()
    await until(lambda: mine.ask("GET", "calls/scheduled"), lambda answer: not answer[1]["calls"], what="all placed")
    stories = [await call_ended(mine, call) for call in made]
    assert sorted(one["id"] for one in (await mine.ask("GET", "calls"))[1]["calls"]) == sorted(made)
    for at, story in zip(times, stories, strict=True):
        assert [event["event"] for event in story["events"]].count("call_dialing") == 1
        assert moment(story["created"]) - max(at, ready) < 1
    for call in made[:: CALLS // 4]:
        assert_melody((await lab.of(call, mine)).heard, 620)
