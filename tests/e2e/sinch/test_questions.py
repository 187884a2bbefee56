"""What a customer sees of its own server's part in a call: what it was asked, what it answered, and what went wrong."""

import json
from typing import Any

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import HANG_UP, connect, ending, play, svaml
from tests.clients.sinch.server import Reply
from tests.support import people
from tests.support.carillon import Command
from tests.support.closing_server import ClosingServer
from tests.support.far_end import assert_melody
from tests.support.scenario import until
from tests.support.sink import Sink

SECRET = "hunter2"


async def asked(customer: Customer, call: str) -> list[dict[str, Any]]:
    """What the customer was asked about a call."""
    return list((await customer.own.call(call))["questions"])


async def test_a_server_that_closes_its_kept_connection_as_ice_goes_out_is_asked_once_more(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    script = json.dumps(ending(play(sink.tone(500, 0.4)))).encode()
    async with ClosingServer(script, closes_at=3) as server:
        await customer.callbacks(server.url())
        for count in (2, 4 + 1):  # ICE and DiCE each time, and the ICE that was lost
            dialled = await network.dial(customer.number, people.LISTENS, seconds=15)
            call = (await customer.over(dialled.call_id))["id"]
            assert_melody((await customer.far(call)).heard, 500)
            await until(lambda: _requests(server), lambda seen, most=count: len(seen) >= most, what="DiCE comes")
        assert server.numbers[:4] == [1, 2, 3, 1]
        assert server.requests[2].body == server.requests[3].body
    (question,) = await asked(customer, call)
    assert (question["name"], question["status"], question["error"]) == ("ice", 200, None)


async def _requests(server: ClosingServer) -> list[Any]:
    return server.requests


async def test_calls_show_tells_what_was_asked_and_answered_while_the_call_is_up_and_afterwards(
    customer: Customer, network: Lab, carillon: Command, sink: Sink
) -> None:
    await customer.callbacks(customer.server.url(f"events?token={SECRET}"))
    cookie = {"name": "setCookie", "key": "pin", "value": SECRET}
    customer.server.answers(ice=ending(cookie, play(sink.tone(500, 1.5))))
    await network.dial(customer.number, people.LISTENS, seconds=15)
    call = (await customer.server.until("ice")).call
    (live,) = await until(lambda: asked(customer, call), bool, what="the answer is shown")
    assert (await customer.own.call(call))["state"] != "ended"
    assert (live["name"], live["status"]) == ("ice", 200) and 0 <= live["milliseconds"] < 5000
    assert json.loads(live["asked"])["callid"] == call
    assert json.loads(live["answered"])["action"]["name"] == "hangup"
    await customer.server.until("dice", call)
    shown = await carillon("calls", "show", call)
    assert "questions" in shown and "events?token=***" in shown and SECRET not in shown
    assert " dice " in next(line for line in shown.splitlines() if "delivered" in line)


async def test_a_page_for_people_instead_of_a_script_is_told_with_where_and_how_it_begins(
    customer: Customer, network: Lab
) -> None:
    customer.server.answers(ice=Reply.html())
    await network.dial(customer.number, people.LISTENS, seconds=15)
    notice = await customer.server.until("notify")
    assert "line 1, column 1" in notice["errorMsg"] and "'<!doctype html><html>" in notice["errorMsg"]
    (question,) = await asked(customer, notice.call)
    assert question["answered"].startswith("<!doctype html>") and question["status"] == 200


async def test_an_empty_200_leaves_a_remark(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=Reply(b""))
    await network.dial(customer.number, people.LISTENS, seconds=20)
    call = (await customer.server.until("dice")).call
    remarks = [event["remark"] for event in (await customer.own.call(call))["events"] if "remark" in event]
    assert any("ICE was empty" in remark for remark in remarks), remarks
    (question,) = await asked(customer, call)
    assert (question["status"], question["answered"], question["answered_bytes"]) == (200, "", 0)


async def test_a_server_that_fails_is_shown_with_its_status_and_what_it_said(
    customer: Customer, network: Lab
) -> None:
    customer.server.answers(ice=Reply.error(503))
    await network.dial(customer.number, people.LISTENS, seconds=20)
    call = (await customer.server.until("dice")).call
    (question,) = await asked(customer, call)
    assert (question["status"], question["answered"]) == (503, "broken")
    assert question["error"] == "The host answered 503."


async def test_the_ice_of_a_callout_without_a_destination_is_shown_with_its_call(customer: Customer) -> None:
    customer.server.answers(ice=svaml(action=connect(people.LISTENS)), ace=svaml(action=HANG_UP))
    call = await customer.custom(ice=customer.server.url("own"))
    (ice, *_) = await until(lambda: asked(customer, call), bool, what="it is shown")
    assert (ice["name"], ice["url"], ice["task"]) == ("ice", customer.server.url("own"), None)


@pytest.mark.parametrize("event", ["ice", "ace", "pie", "dice"])
async def test_a_user_in_an_address_is_refused_when_it_is_set(customer: Customer, event: str) -> None:
    url = customer.server.url().replace("//", f"//ann:{SECRET}@")
    custom = {"destination": {"type": "number", "endpoint": f"+{people.LISTENS}"}, event: url}
    answer = await customer.ask("POST", "/calling/v1/callouts", {"method": "customCallout", "customCallout": custom})
    assert answer.status == 400 and "must not have a user or a password" in answer.body["message"], answer
    path = f"/v1/configuration/callbacks/applications/{customer.credentials.key}"
    for place in ("primary", "fallback"):
        answer = await customer.ask("POST", path, {"url": {place: url}})
        assert answer.status == 400 and "must not have a user" in answer.body["message"], answer
        assert SECRET not in str(answer.body)
