"""Callbacks: in order, again and again where they fail, and never in anybody's way."""

from typing import Any

from tests.clients.ringful.client import Ringful
from tests.support import people
from tests.support.carillon import Admin, Own
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, until
from tests.support.sink import Behaviour, Sink


async def test_a_callback_that_fails_is_sent_again_and_the_order_is_kept(ringful: Ringful, sink: Sink) -> None:
    sink.behave("flaky", Behaviour(failures=2))
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url("flaky"))
    await ringful.play(callId=call, announcement=sink.tone(500, 0.4), callbackUrl=sink.url("flaky"))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    assert [(one.action, one.answered) for one in sink.received] == [
        ("CallEstablished", 500), ("CallEstablished", 500), ("CallEstablished", 200),
        ("PlayStart", 200), ("PlayComplete", 200), ("ServerHangup", 200),
    ]  # fmt: skip
    first, second, third = (one.at for one in sink.received[:3])
    assert 0.5 < second - first < third - second, "with a growing pause"


async def test_a_dead_callback_host_beside_a_live_one_delays_neither_the_call_nor_the_other(
    ringful: Ringful, sink: Sink, lab: LabEars
) -> None:
    async with Sink("127.0.0.7") as dead:
        dead.behave("dead", Behaviour(hang=True))
        call = await ringful.call(callee=people.LISTENS, callbackUrl=dead.url("dead"))
        for hz in (500, 700, 930):
            await ringful.play(callId=call, announcement=sink.tone(hz, 0.5), callbackUrl=sink.url("live"))
        await ringful.hangup(callId=call, immediate="false")
        complete = await sink.until("PlayComplete", count=3)
        first = sink.taken("PlayStart")[0]
        assert complete.at - first.at < 3.0
        assert_melody((await lab.of(call)).heard, 500, 700, 930)
        assert dead.taken("CallEstablished"), "it was tried"
        assert not dead.taken("ServerHangup"), "its own lane waits"


async def test_a_host_that_answers_drop_by_drop_and_one_that_redirects_hold_nobody_up(
    ringful: Ringful, sink: Sink
) -> None:
    async with Sink("127.0.0.8") as odd:
        odd.behave("drip", Behaviour(drip=True))
        odd.behave("moved", Behaviour(redirect=sink.url("elsewhere")))
        call = await ringful.call(callee=people.LISTENS, callbackUrl=odd.url("drip"))
        await ringful.play(callId=call, announcement=sink.tone(500, 0.4), callbackUrl=odd.url("moved"))
        await ringful.play(callId=call, announcement=sink.tone(700, 0.4), callbackUrl=sink.url("live"))
        await ringful.hangup(callId=call, immediate="false")
        await sink.until("PlayComplete", within=10)
        await odd.until("PlayStart")
        assert not [one for one in sink.received if one.path == "/elsewhere"], "redirects are not followed"


async def test_a_callback_that_is_given_up_on_is_listed_and_can_be_sent_again(
    ringful: Ringful, sink: Sink, admin: Admin, own: Own
) -> None:
    url = "http://no-such-host.invalid/gone"
    call = await ringful.call(callee=people.BUSY, callbackUrl=url)

    async def failed() -> list[dict[str, Any]]:
        listed = await admin.ask("GET", f"callbacks/failed?account={own.account.name}")
        return [one for one in listed["callbacks"] if one["subject"] == call]

    (dead,) = await until(failed, bool, within=30, what="it is given up on")
    assert dead["url"] == url and dead["error"]
    assert len(dead["attempts"]) > 1
    await admin.ask("POST", f"callbacks/{dead['id']}/resend")

    async def attempts() -> int:
        return len((await own.call(call))["callbacks"][0]["attempts"])

    await until(attempts, lambda count: count > len(dead["attempts"]), what="it is sent again")


async def test_no_callback_url_no_callback(ringful: Ringful, sink: Sink, lab: LabEars) -> None:
    call = await ringful.call(callee=people.LISTENS)
    await ringful.play(callId=call, announcement=sink.tone(500, 0.5))
    await ringful.hangup(callId=call, immediate="false")
    assert_melody((await lab.of(call)).heard, 500)
    assert sink.received == []


async def test_callbacks_of_one_call_to_one_host_are_in_order_whatever_their_paths(
    ringful: Ringful, sink: Sink
) -> None:
    call = await ringful.call(callee=people.PRESSES_1, callbackUrl=sink.url("a"))
    await ringful.record(callId=call, callbackUrl=sink.url("b"))
    await ringful.play(callId=call, announcement=sink.tone(500, 0.4), callbackUrl=sink.url("c"))
    await ringful.wait_for_tone(callId=call, tone="1", callbackUrl=sink.url("d"))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    assert sink.actions() == [
        "CallEstablished", "RecordStart", "PlayStart", "PlayComplete", "WaitForToneDetected", "RecordComplete",
        "ServerHangup",
    ]  # fmt: skip


async def test_a_user_and_a_password_in_a_callback_url_are_sent_as_basic_authentication(
    ringful: Ringful, sink: Sink
) -> None:
    url = sink.url().replace("//", "//ann:p%40ss@")
    await ringful.call(callee=people.LISTENS, callbackUrl=url)
    established = await sink.until("CallEstablished")
    assert established.headers["Authorization"] == "Basic YW5uOnBAc3M="
