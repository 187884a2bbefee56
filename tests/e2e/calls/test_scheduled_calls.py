"""Calls for a time: placed at it, once; listed, cancelled, and refused with a reason."""

import time
from datetime import UTC, datetime, timedelta

from tests.e2e.conftest import make_account
from tests.support import people
from tests.support.carillon import Admin, Command, Own, moment
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, call_ended, until
from tests.support.sink import Sink


def in_seconds(seconds: float) -> str:
    """A time to come, as ISO 8601 in a zone of its own."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).astimezone().isoformat()


async def test_a_scheduled_call_is_placed_at_its_time_and_is_heard(own: Own, sink: Sink, lab: LabEars) -> None:
    tasks = [{"kind": "play", "source": sink.tone(620, 1.0)}, {"kind": "hang_up"}]
    at = time.time() + 3
    status, made = await own.ask("POST", "calls", json={"callee": people.LISTENS, "tasks": tasks, "at": at})
    assert status == 201 and made["state"] == "scheduled" and made["callee"] == people.LISTENS
    assert abs(moment(made["at"]) - at) < 0.01
    assert [one["id"] for one in (await own.ask("GET", "calls/scheduled"))[1]["calls"]] == [made["id"]]
    assert (await own.ask("GET", f"calls/{made['id']}"))[0] == 404, "there is no call before its time"
    story = await until(lambda: own.ask("GET", f"calls/{made['id']}"), lambda answer: answer[0] == 200)
    late = moment(story[1]["created"]) - at
    assert 0 <= late < 1, f"it was placed {late:.3f} s after its time"
    await call_ended(own, made["id"])
    assert_melody((await lab.of(made["id"])).heard, 620)
    assert (await own.ask("GET", "calls/scheduled"))[1]["calls"] == []


async def test_a_scheduled_call_is_cancelled_and_seen_by_nobody_else(own: Own, admin: Admin, carillon: Command) -> None:
    body = {"callee": people.LISTENS, "at": in_seconds(3600)}
    first, second = [(await own.ask("POST", "calls", json=body))[1]["id"] for _ in range(2)]
    stranger = Own(own.session, own.system, make_account(admin))
    assert (await stranger.ask("GET", "calls/scheduled"))[1]["calls"] == []
    assert (await stranger.ask("DELETE", f"calls/scheduled/{first}"))[0] == 404
    assert (await own.ask("DELETE", f"calls/scheduled/{first}"))[0] == 204
    assert (await own.ask("DELETE", f"calls/scheduled/{first}"))[0] == 404
    listed = await carillon.json("calls", "scheduled", "list", "--account", own.account.name)
    assert [(one["id"], one["account"], one["state"]) for one in listed] == [(second, own.account.name, "scheduled")]
    await carillon("calls", "scheduled", "cancel", second)
    assert await carillon.json("calls", "scheduled", "list", "--account", own.account.name) == []


async def test_a_call_that_is_refused_at_its_time_stays_with_the_reason(own: Own, admin: Admin) -> None:
    own = Own(own.session, own.system, make_account(admin))
    made = (await own.ask("POST", "calls", json={"callee": people.LISTENS, "at": time.time() + 2}))[1]["id"]
    await admin.ask("POST", f"accounts/{own.account.name}/prefixes", {"prefix": "1201555", "allowed": False})
    _, listed = await until(
        lambda: own.ask("GET", "calls/scheduled"), lambda answer: answer[1]["calls"][0]["state"] == "refused"
    )
    (refused,) = listed["calls"]
    assert refused["id"] == made and "may not" in refused["reason"]
    assert (await own.ask("GET", f"calls/{made}"))[0] == 404
