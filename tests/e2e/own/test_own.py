"""Carillon's own API and command line: what an operator sees and does."""

import asyncio
import csv
import io
import time

from engine.media import Links
from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import RecordingOf, make_account
from tests.support import people
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, call_ended, until
from tests.support.sink import Sink
from tests.support.system import System


async def test_a_queued_task_can_be_cancelled_and_is_not_heard(
    ringful: Ringful, sink: Sink, own: Own, lab: LabEars
) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    for hz in (500, 620, 830):
        await ringful.play(callId=call, announcement=sink.tone(hz, 1.0), callbackUrl=sink.url("play"))
    await ringful.hangup(callId=call, immediate="false")
    first, second, *_ = queue = await own.queue(call)
    assert [task["kind"] for task in queue] == ["play", "play", "play", "hang_up"]
    status, _ = await own.ask("DELETE", f"calls/{call}/queue/{second['id']}")
    assert status == 204
    await sink.until("ServerHangup", callId=call)
    assert_melody((await lab.of(call)).heard, 500, 830)
    assert [task["state"] for task in await own.queue(call)] == ["completed", "discarded", "completed", "completed"]
    status, body = await own.ask("DELETE", f"calls/{call}/queue/{first['id']}")
    assert status == 404 and body


async def test_our_own_api_shows_an_account_its_own_calls_only(own: Own, admin: Admin, ringful: Ringful) -> None:
    call = await ringful.call(callee=people.BUSY)
    await call_ended(own, call)
    stranger = Own(own.session, own.system, make_account(admin))
    assert (await stranger.ask("GET", f"calls/{call}/timeline"))[0] == 404
    assert (await stranger.ask("GET", "calls"))[1]["calls"] == []
    nobody = Own(own.session, own.system, Account("", "", "", "", "no.key"))
    assert (await nobody.ask("GET", f"calls/{call}"))[0] == 401


async def test_a_call_whose_request_comes_again_with_its_key_is_placed_once(own: Own) -> None:
    async def place(key: str, **fields: object) -> tuple[int, dict[str, str]]:
        body = {"callee": people.BUSY, **fields}
        return await own.ask("POST", "calls", json=body, headers={"Idempotency-Key": key})

    key = f"order-{time.time_ns()}"
    answers = await asyncio.gather(*(place(key) for _ in range(5)))
    (id,) = {answer["id"] for _, answer in answers}
    assert {status for status, _ in answers} == {201}
    await call_ended(own, id)
    assert (await place(key))[1]["id"] == id
    status, refused = await place(key, callee=people.LISTENS)
    assert (status, refused["code"]) == (409, "idempotency_key_reused")
    later = [await place(f"{key}-later", at=time.time() + 3600) for _ in range(1)]
    assert (await own.ask("DELETE", f"calls/scheduled/{later[0][1]['id']}"))[0] in (200, 204)
    assert (await place(f"{key}-refused", callee="911"))[0] == 403


async def test_the_timeline_tells_the_whole_story(ringful: Ringful, sink: Sink, own: Own) -> None:
    call = await ringful.call(callee=people.PRESSES_1, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(500, 0.5), callbackUrl=sink.url())
    await ringful.wait_for_tone(callId=call, tone="1", callbackUrl=sink.url())
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    story = await call_ended(own, call)
    assert [event["event"] for event in story["events"]] == [
        "call_dialing", "call_answered", "task_started", "task_ended", "task_started", "digit_received", "task_ended",
        "task_started", "task_ended", "call_ended",
    ] or [event["event"] for event in story["events"] if event["event"].startswith("call")] == [
        "call_dialing", "call_answered", "call_ended"
    ]  # fmt: skip
    sequence = [event["sequence"] for event in story["events"]]
    assert sequence == sorted(set(sequence)), "rises by one"
    assert [task["kind"] for task in story["tasks"]] == ["play", "wait_for_digits", "hang_up"]
    story = await until(  # an attempt is written down behind the answer that it got
        lambda: call_ended(own, call), lambda seen: all(one["state"] == "delivered" for one in seen["callbacks"])
    )
    assert [one["attempts"][0]["status"] for one in story["callbacks"]] == [200] * len(sink.received)


async def test_a_recordings_link_works_expires_and_cannot_be_forged(
    ringful: Ringful, sink: Sink, system: System, recording_of: RecordingOf
) -> None:
    call = await ringful.call(callee=people.SPEAKS_440, callbackUrl=sink.url())
    await ringful.record(callId=call, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(830, 1.0))
    await ringful.hangup(callId=call, immediate="false")
    link = (await sink.until("RecordComplete", callId=call)).form["recordFile"]
    assert_melody(await recording_of(call), 440)
    token = link.split("/recordings/")[1].split("/")[0]
    links = Links(system.setting("SECRET"))
    expired = links.sign(links.verify(token), time.time() - 1)
    forged = Links("another secret than that one").sign(links.verify(token), time.time() + 1000)
    for bad, status in ((expired, 410), (forged, 404), (token[:-2], 404), ("", 404)):
        async with ringful.session.get(link.replace(token, bad)) as answer:
            assert answer.status == status, f"{bad}: {answer.status}"
            assert "secret" not in (await answer.text()).lower()


async def test_a_deleted_recording_is_gone_for_good(ringful: Ringful, sink: Sink, carillon: Command, own: Own) -> None:
    call = await ringful.call(callee=people.SPEAKS_440, callbackUrl=sink.url())
    await ringful.record(callId=call, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(830, 0.6))
    await ringful.hangup(callId=call, immediate="false")
    link = (await sink.until("RecordComplete", callId=call)).form["recordFile"]
    (recording,) = (await call_ended(own, call))["recordings"]
    await carillon("recordings", "delete", recording["id"])
    async with ringful.session.get(link) as answer:
        assert answer.status == 410


async def test_a_rate_prices_a_call_by_its_increments(
    ringful: Ringful, sink: Sink, admin: Admin, own: Own, rates: str
) -> None:
    account = make_account(admin, currency=rates)
    swiss = Ringful(ringful.session, ringful.base, account.apikey)
    wide, narrow = await asyncio.gather(
        swiss.call(callee=people.LISTENS, callbackUrl=sink.url()),
        swiss.call(callee=people.SPEAKS_440, callbackUrl=sink.url()),
    )
    for call in (wide, narrow):
        await swiss.play(callId=call, announcement=sink.tone(500, 1.6))
        await swiss.hangup(callId=call, immediate="false")
    told = {call: (await sink.until("ServerHangup", callId=call)).form["billAmount"] for call in (wide, narrow)}
    assert told == {wide: "0.06", narrow: "0.04"}
    free = await swiss.call(callee=people.BUSY, callbackUrl=sink.url())
    assert (await sink.until("ServerHangup", callId=free)).form["billAmount"] == "0"
    priced = await call_ended(Own(own.session, own.system, account), wide)
    assert (priced["price"], priced["currency"]) == ("0.06", rates)


async def test_calls_show_prints_the_sip_call_id_and_the_timeline(
    carillon: Command, ringful: Ringful, sink: Sink, own: Own
) -> None:
    call = await ringful.call(callee=people.BUSY, callbackUrl=sink.url())
    ended = await call_ended(own, call)
    shown = await carillon.json("calls", "show", call)
    shown = {**shown, **shown.get("call", {})}
    assert (shown["id"], shown["sip_call_id"], shown["cause"]) == (call, ended["sip_call_id"], "busy")
    printed = await carillon("calls", "show", call)
    assert call in printed and "busy" in printed


async def test_calls_are_listed_hung_up_and_exported(
    carillon: Command, ringful: Ringful, sink: Sink, account: Account, own: Own
) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await sink.until("CallEstablished", callId=call)
    listed = await carillon.json("calls", "list", "--live")
    listed = listed["calls"] if isinstance(listed, dict) else listed
    assert call in [one["id"] for one in listed]
    await carillon("calls", "hangup", call)
    await sink.until("ServerHangup", callId=call)
    assert (await call_ended(own, call))["hung_up_by"] == "us"
    rows = list(csv.DictReader(io.StringIO(await carillon("calls", "export", "--account", account.name))))
    (row,) = [row for row in rows if call in row.values()]
    assert people.LISTENS in row.values()


async def test_status_says_where_everything_is(carillon: Command, system: System) -> None:
    status = await carillon.json("status")
    assert (status["api"], status["sip"], status["healthy"]) == (system.api, system.sip, True)


async def test_the_doctor_finds_everything_well_and_proves_audio_both_ways(carillon: Command, account: Account) -> None:
    ran = await carillon.run("doctor")
    assert ran.status == 0, ran
    assert "audio" in ran.output.lower()


async def test_a_command_that_cannot_do_its_work_says_why_and_ends_with_an_error(carillon: Command) -> None:
    for arguments in (
        ("calls", "show", "no-such-call"),
        ("accounts", "set", "nobody", "--sig", "kvmd5"),
        ("trunks", "test", "911"),
    ):
        ran = await carillon.run(*arguments)
        assert ran.status != 0 and ran.errors.strip() and "Traceback" not in ran.errors, (arguments, ran)


async def test_metrics_count_the_calls(ringful: Ringful, sink: Sink, system: System) -> None:
    headers = {"Authorization": f"Bearer {system.setting('ADMIN_TOKEN')}"}

    async def metrics(headers: dict[str, str]) -> tuple[int, str]:
        async with ringful.session.get(f"{system.admin}/metrics", headers=headers) as answer:
            return answer.status, await answer.text()

    call = await ringful.call(callee=people.BUSY, callbackUrl=sink.url())
    await sink.until("ServerHangup", callId=call)
    status, text = await metrics(headers)
    assert status == 200 and "carillon_" in text
    assert (await metrics({}))[0] == 401
