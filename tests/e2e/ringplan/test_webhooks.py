"""Webhooks by real calls and texts: in order, signed, to their own company alone."""

import json
import secrets
from typing import Any

from standardwebhooks.webhooks import Webhook

from api.vendors.ringplan.events.notifications import TOPICS
from tests.e2e.ringplan.conftest import Company
from tests.support import people
from tests.support.carillon import Admin, Command
from tests.support.sink import Sink

PATH = "/webhooks/callbacks"


async def subscribed(company: Company, sink: Sink, path: str) -> dict[str, str]:
    """Subscribe to all events; returns their secrets."""
    await company.api.ok("PUT", f"{PATH}/url", {"url": sink.url(path)})
    made = [await company.api.ok("POST", PATH, {"type": topic}, status=201) for topic in TOPICS]
    return {each["type"]: each["secret"] for each in made}


def told(sink: Sink, path: str) -> list[tuple[str, str]]:
    """The events that came to a path, with the status of each, in order."""
    bodies: list[dict[str, Any]] = [json.loads(one.body) for one in sink.received if one.path == f"/{path}"]
    return [(body["type"], body["data"]["status"]) for body in bodies]


async def test_a_call_is_told_from_its_dial_to_its_end_and_each_webhook_is_signed(
    company: Company, other: Company, sink: Sink
) -> None:
    secrets_of = await subscribed(company, sink, "mine")
    await subscribed(other, sink, "theirs")
    call = await company.ringful.call(callee=people.LISTENS)
    await company.ringful.play(callId=call, announcement=sink.tone(500, 0.4))
    await company.ringful.hangup(callId=call, immediate="false")
    over = await sink.until_any(lambda one: one.path == "/mine" and '"call.action.hangup"' in one.body)
    await sink.until_any(lambda one: one.path == "/mine" and '"dial.action.completed"' in one.body)
    assert sorted(told(sink, "mine")) == [
        ("call.action.hangup", "completed"), ("dial.action.completed", "answered"), ("dial.action.started", "ringing"),
    ]  # fmt: skip
    body = json.loads(over.body)
    assert body["company_id"] == company.id and body["data"]["call_id"] == call
    assert body["data"]["to"] == people.LISTENS and body["data"]["duration"] > 0.3
    Webhook(secrets_of["call.action.hangup"]).verify(over.body, over.headers)
    assert told(sink, "theirs") == []


async def test_a_dial_that_nobody_answers_is_completed_with_why(company: Company, sink: Sink) -> None:
    await subscribed(company, sink, "hook")
    await company.ringful.call(callee=people.BUSY)
    await sink.until_any(lambda one: '"call.action.hangup"' in one.body)
    await sink.until_any(lambda one: '"dial.action.completed"' in one.body)
    assert ("dial.action.completed", "busy") in told(sink, "hook")


async def test_an_event_that_was_unsubscribed_is_told_no_more(company: Company, sink: Sink) -> None:
    await subscribed(company, sink, "hook")
    for each in await company.api.ok("GET", PATH):
        if each["type"] != "call.action.hangup":
            await company.api.ok("DELETE", f"{PATH}/{each['id']}")
    await company.ringful.call(callee=people.BUSY)
    await sink.until_any(lambda one: '"call.action.hangup"' in one.body)
    assert told(sink, "hook") == [("call.action.hangup", "busy")]


async def test_a_text_that_comes_in_is_told_as_a_message(
    company: Company, sink: Sink, admin: Admin, carillon: Command
) -> None:
    await subscribed(company, sink, "hook")
    ours, theirs = (f"{area}{secrets.randbelow(10**7):07}" for area in ("1646", "1718"))
    wanted = {"number": ours, "account": company.account.name, "capability": "sms", "unassigned": True}
    await admin.ask("POST", "numbers", wanted)
    await carillon("lab", "text", ours, "Hello from outside", "--as", theirs)
    came = await sink.until_any(lambda one: '"texting.message.inbound"' in one.body)
    message = json.loads(came.body)["data"]
    assert (message["frm"], message["to"], message["text"]) == (f"+{theirs}", f"+{ours}", "Hello from outside")
    assert message["direction"] == "inbound"
