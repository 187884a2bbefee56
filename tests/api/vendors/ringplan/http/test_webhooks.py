"""Webhooks: one URL, four events; what each is told of, and to whom."""

import msgspec
import pytest

from api.callbacks.subscribers import SubscriptionHearers
from api.vendors.ringplan.events.notifications import TOPICS
from engine.events import CallAnswered, CallDialing, CallEnded, Event
from engine.features.messaging.events import MessageReceived
from engine.features.subscriptions.service import SubscriptionService
from engine.model.call import Call, CallState, Direction
from engine.store.events import StoredEvent
from tests.api.vendors.ringplan.conftest import Served

PATH = "/webhooks/callbacks"
NAMES = {"event", "type", "id", "company_id", "created_at", "data"}


async def test_a_url_without_a_scheme_is_an_https_one_and_all_events_go_there(served: Served) -> None:
    assert (await served.acme.ok("GET", f"{PATH}/url"))["url"] is None
    early = await served.acme.ok("POST", PATH, {"type": "texting.message.inbound"}, status=201)
    assert early["secret"].startswith("whsec_")
    shown = await served.acme.ok("PUT", f"{PATH}/url", {"url": "webhook.example.com"})
    assert (shown["url"], shown["company_id"]) == ("https://webhook.example.com", served.id)
    late = await served.acme.ok("POST", PATH, {"type": "call.action.hangup"}, status=201)
    for made in await served.features[SubscriptionService].list_all(served.id):
        assert (made.address, made.disabled) == ("https://webhook.example.com", False)
    listed = await served.acme.ok("GET", PATH)
    assert listed == [{"id": each["id"], "company_id": served.id, "type": each["type"]} for each in (early, late)]
    await served.acme.ok("PATCH", f"{PATH}/url", {"url": "http://127.0.0.1:8000/x"})
    assert (await served.acme.ok("GET", f"{PATH}/url"))["url"] == "http://127.0.0.1:8000/x"


async def test_an_event_is_subscribed_to_once_and_unsubscribed_by_its_own_company(served: Served) -> None:
    first = await served.acme.ok("POST", PATH, {"type": "dial.action.started"}, status=201)
    again = await served.acme.ok("POST", PATH, {"type": "dial.action.started"}, status=201)
    assert again["id"] == first["id"] and "secret" not in again
    await served.other.failed("DELETE", f"{PATH}/{first['id']}", 404)
    assert (await served.acme.ok("DELETE", f"{PATH}/{first['id']}"))["type"] == "dial.action.started"
    await served.acme.failed("DELETE", f"{PATH}/{first['id']}", 404)
    assert await served.acme.ok("GET", PATH) == []


@pytest.mark.parametrize(
    ("verb", "path", "body", "named"),
    [
        ("POST", "", {}, "type is missing"),
        ("POST", "", {"type": "call.ended"}, "type must be one of dial.action.started, "),
        ("PUT", "/url", {}, "url is missing"),
        ("PUT", "/url", {"url": "ftp://example.com"}, "The URL cannot be used."),
        ("PUT", "/url", {"url": ["x"]}, "url must be a string"),
    ],
)
async def test_what_cannot_be_is_refused(served: Served, verb: str, path: str, body: object, named: str) -> None:
    assert named in await served.acme.failed(verb, PATH + path, 400, body)


async def _hearers(served: Served, direction: Direction) -> SubscriptionHearers:
    from api.vendors.ringplan.vendor import RingPlan as Dialect

    await served.acme.ok("PUT", f"{PATH}/url", {"url": "https://example.com/hook"})
    for topic in TOPICS:
        await served.acme.ok("POST", PATH, {"type": topic}, status=201)

    async def call_of(id: str) -> Call | None:
        if not id.startswith("call"):
            return None
        return Call(
            id=id, root=id, account=served.id, direction=direction, caller="14155550100", callee="101",
            state=CallState.ENDED, created=1.0,
        )  # fmt: skip

    vendor = Dialect(None, None)  # type: ignore[arg-type]
    return SubscriptionHearers(served.features[SubscriptionService], call_of, {"ringplan": vendor})


def _event(kind: type[Event], account: str, **fields: object) -> StoredEvent:
    subject = "message-1" if kind is MessageReceived else "call-1"
    made = kind(id="event-1", account=account, subject=subject, root=subject, at=2.0, **fields)  # type: ignore[arg-type]
    return StoredEvent(position=1, event=made)


ENDED = {"hung_up_by": "far", "seconds": 3.0, "price": 0, "currency": "USD"}
EVENTS = [
    (CallDialing, {}, ["dial.action.started"], "ringing"),
    (CallAnswered, {}, ["dial.action.completed"], "answered"),
    (CallEnded, {"cause": "normal", "answered": True, **ENDED}, ["call.action.hangup"], "completed"),
    (CallEnded, {"cause": "busy", "answered": False, **ENDED}, ["call.action.hangup", "dial.action.completed"], "busy"),
]


@pytest.mark.parametrize(("kind", "fields", "topics", "status"), EVENTS)
async def test_a_call_that_is_placed_is_told_in_its_steps(
    served: Served, kind: type[Event], fields: dict[str, object], topics: list[str], status: str
) -> None:
    hearers = await _hearers(served, Direction.OUTBOUND)
    found = await hearers.callbacks(_event(kind, served.id, **fields))
    bodies = [msgspec.json.decode(each.callback.body) for each in found]
    assert sorted(body["type"] for body in bodies) == topics
    assert {each.callback.url for each in found} == {"https://example.com/hook"}
    for body in bodies:
        assert set(body) == NAMES and body["company_id"] == served.id and body["data"]["status"] == status
        assert (body["data"]["from"], body["data"]["to"]) == ("14155550100", "101")
    assert await hearers.callbacks(_event(kind, served.others_id, **fields)) == []


async def test_a_call_that_came_in_is_told_when_it_ends_alone(served: Served) -> None:
    hearers = await _hearers(served, Direction.INBOUND)
    for kind, fields, _, _ in EVENTS:
        found = await hearers.callbacks(_event(kind, served.id, **fields))
        told = [msgspec.json.decode(each.callback.body)["type"] for each in found]
        assert told == (["call.action.hangup"] if kind is CallEnded else [])


async def test_a_text_that_came_in_is_told_as_the_document_s_message(served: Served) -> None:
    hearers = await _hearers(served, Direction.INBOUND)
    event = _event(MessageReceived, served.id, sender="14155550100", recipient="12015552000", text="Hello")
    (found,) = await hearers.callbacks(event)
    body = msgspec.json.decode(found.callback.body)
    assert body["type"] == "texting.message.inbound"
    message = body["data"]
    assert (message["frm"], message["to"], message["text"]) == ("+14155550100", "+12015552000", "Hello")
    assert (message["direction"], message["is_read"]) == ("inbound", False)
