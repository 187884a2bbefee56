"""Texts at both APIs: sent, listed, shown, cancelled; opt-outs; what an account has set."""

from typing import Any

import pytest

from api.callbacks.subscribers import SubscriptionHearers
from engine.features.call_history.views import CallHistory
from engine.features.messaging import announced
from engine.features.messaging.carrier import Incoming
from engine.features.messaging.feature import MessagingFeature
from engine.features.messaging.service import MessageService
from engine.features.subscriptions.service import SubscriptionService
from engine.store import events
from tests.api.own.installation import Installation

OWN, US = "12015552000", "12015550140"
SMSC = {"name": "one", "host": "127.0.0.1", "user": "carillon", "password": "secret", "prefixes": ["+1"]}


class Program:
    """The program of an account with a number for texts, a phone and an SMSC that is not there."""

    def __init__(self, installation: Installation, made: dict[str, Any]) -> None:
        self.installation, self.account, self.token = installation, made["account"], made["carillon"]["token"]

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        server = self.installation.public_server
        return await self.installation.ask(server, method, f"/carillon/v1{path}", self.token, body, **more)

    async def send(self, **fields: Any) -> tuple[int, Any]:
        return await self.ask("POST", "/messages", {"to": US, "text": "Good morning."} | fields)

    async def ids(self, query: str = "") -> list[str]:
        status, found = await self.ask("GET", f"/messages{query}")
        assert status == 200, found
        return [each["id"] for each in found["messages"]]

    async def receive(self, text: str = "Hello.", sender: str = US, to: str = OWN) -> None:
        """Let a carrier bring a text."""
        features: Any = self.installation.services.features
        feature = next(each for each in features._all if isinstance(each, MessagingFeature))
        await feature.inbox.incoming("one", Incoming(sender=sender, recipient=to, text=text))


@pytest.fixture
async def acme(installation: Installation) -> Program:
    made = await installation.account("acme")
    for path, body in (
        ("/smscs", SMSC),
        ("/numbers", {"number": OWN, "account": "acme", "capability": "sms", "unassigned": True}),
        ("/extensions", {"number": "101", "account": "acme"}),
    ):
        status, answer = await installation.admin("POST", path, body)
        assert status == 201, answer
    return Program(installation, made)


async def test_a_text_is_sent_listed_and_shown(acme: Program) -> None:
    status, sent = await acme.send(to="(201) 555-0140")
    assert status == 201
    assert sent == {
        "id": sent["id"], "account": acme.account, "direction": "out", "sender": OWN, "recipient": US,
        "text": "Good morning.", "state": "queued", "reason": "", "parts": 1, "price": "0.00", "currency": "USD",
        "carrier": "one", "created": sent["created"], "at": sent["at"], "sent": None, "ended": None,
        "application": None, "reply_to": None, "origin": "", "user": None, "files": [],
    }  # fmt: skip
    assert await acme.ids() == [sent["id"]]
    status, found = await acme.ask("GET", f"/messages/{sent['id']}")
    assert (status, found["message"]["id"], found["events"], found["callbacks"]) == (200, sent["id"], [], [])
    assert found["parts"] == [
        {"number": 1, "state": "waiting", "reason": "", "carrier": "one", "carrier_id": None, "at": None}
    ]


async def test_texts_are_listed_by_what_is_asked_for(acme: Program) -> None:
    first, second = [(await acme.send(text=text))[1]["id"] for text in ("one", "two")]
    await acme.receive("Yes.")
    (third,) = await acme.ids("?direction=in")
    assert await acme.ids() == [third, second, first]
    assert await acme.ids("?direction=out") == [second, first]
    assert await acme.ids("?state=received,sent") == [third]
    assert await acme.ids(f"?number=%2B{US}&limit=2") == [third, second]
    assert await acme.ids(f"?before={second}") == [first]
    assert await acme.ids("?since=2100-01-01") == []
    assert await acme.ids("?number=999") == [] == await acme.ids("?number=%F0%9F%98%80")
    assert (await acme.ask("GET", f"/messages/{third}"))[1]["message"]["reply_to"] == second


@pytest.mark.parametrize(
    "query", ["direction=up", "state=gone", "limit=0", "since=now", "before=message-1", "state=queued,,gone"]
)
async def test_a_list_that_cannot_be_is_refused(acme: Program, query: str) -> None:
    status, found = await acme.ask("GET", f"/messages?{query}")
    assert status in (400, 404) and found["code"] in ("bad_request", "not_found")


async def test_a_text_for_later_is_cancelled(acme: Program) -> None:
    status, sent = await acme.send(at="2027-01-31T12:00:00+01:00", valid_seconds=3600)
    assert (status, sent["state"], sent["at"]) == (201, "queued", "2027-01-31T11:00:00.000Z")
    assert (await acme.ask("DELETE", f"/messages/{sent['id']}"))[0] == 204
    status, found = await acme.ask("GET", f"/messages/{sent['id']}")
    assert (found["message"]["state"], found["message"]["at"]) == ("failed", None)
    assert found["events"][0]["event"] == "message_ended"
    assert (await acme.ask("DELETE", f"/messages/{sent['id']}"))[0] == 409


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"text": ""}, 400, "text_refused"),
        ({"text": "x" * 40_000}, 400, "text_refused"),
        ({"at": "tomorrow"}, 400, "bad_request"),
        ({"at": 1e300}, 400, "text_refused"),
        ({"valid_seconds": 0}, 400, "text_refused"),
        ({"to": "911"}, 403, "number_refused"),
        ({"to": "+442079460000"}, 403, "number_refused"),
        ({"to": "hello"}, 403, "number_refused"),
        ({"to": "102"}, 403, "number_refused"),
        ({"sender": "+12015559999"}, 403, "caller_refused"),
        ({"sender": "BANK"}, 403, "caller_refused"),
        ({"application": "shop"}, 400, "bad_request"),
        ({"texts": "x"}, 400, "bad_request"),
        ({"to": 12015550140}, 400, "bad_request"),
        ({"text": "a\0b"}, 400, "bad_request"),
        ({"files": ["file-none"]}, 400, "text_refused"),
        ({"files": [f"file-{number}" for number in range(11)]}, 400, "text_refused"),
        ({"files": ["ftp://example.com/a.png"]}, 400, "text_refused"),
        ({"files": ["http://127.0.0.1:9/a.png"]}, 400, "text_refused"),
        ({"files": "file-1"}, 400, "bad_request"),
    ],
)
async def test_what_cannot_be_sent_is_refused(acme: Program, fields: dict[str, Any], status: int, code: str) -> None:
    answered, found = await acme.send(**fields)
    assert (answered, found["code"]) == (status, code) and len(found["error"]) < 300
    assert await acme.ids() == []


async def test_what_an_account_cannot_pay_is_refused(acme: Program, installation: Installation) -> None:
    await installation.admin("PUT", "/message-rates", data=b"1,0.01,USD\n")
    assert (await installation.admin("POST", "/accounts/acme/credit", {"amount": "0.005"}))[0] == 200
    status, found = await acme.send()
    assert (status, found["code"]) == (402, "credit_spent")


async def test_another_accounts_text_is_none(acme: Program, installation: Installation) -> None:
    id = (await acme.send())[1]["id"]
    other = Program(installation, await installation.account("other"))
    assert await other.ids() == []
    for method in ("GET", "DELETE"):
        assert (await other.ask(method, f"/messages/{id}"))[0] == 404


async def test_a_text_to_an_extension_goes_to_its_phone(acme: Program) -> None:
    status, sent = await acme.send(to="101")
    assert (status, sent["recipient"], sent["carrier"], sent["price"]) == (201, "101", "sip", "0.00")


async def test_the_administrator_sees_and_cancels_texts_of_all(acme: Program, installation: Installation) -> None:
    status, sent = await installation.admin("POST", "/accounts/acme/messages", {"to": US, "text": "Hi"})
    assert (status, sent["account"]) == (201, acme.account)
    await acme.receive("Who is this?", to="12015559999")
    status, found = await installation.admin("GET", "/messages?account=acme")
    assert [(each["id"], each["account"]) for each in found["messages"]] == [(sent["id"], "acme")]
    assert (await installation.admin("GET", f"/messages?number=%2B{US}"))[1] == found
    status, shown = await installation.admin("GET", f"/messages/{sent['id']}")
    assert (status, shown["message"]["account"]) == (200, "acme")
    status, lost = await installation.admin("GET", "/messages/unmatched")
    assert [(each["recipient"], each["reason"]) for each in lost["messages"]] == [("12015559999", "no_number")]
    assert (await installation.admin("DELETE", f"/messages/{sent['id']}"))[0] == 204
    assert (await installation.admin("DELETE", "/messages/message-1"))[0] == 404


async def test_opt_outs_are_listed_added_and_removed(acme: Program) -> None:
    await acme.receive("STOP")
    status, added = await acme.ask("POST", "/opt-outs", {"number": "+44 20 7946 0000"})
    assert (status, added["number"], added["word"]) == (201, "442079460000", "")
    assert (await acme.ask("POST", "/opt-outs", {"number": "+442079460000"}))[0] == 409
    status, found = await acme.ask("GET", "/opt-outs")
    assert [(each["number"], each["word"]) for each in found["opt_outs"]] == [(US, "STOP"), ("442079460000", "")]
    assert len((await acme.ask("GET", f"/opt-outs?after={US}"))[1]["opt_outs"]) == 1
    status, refused = await acme.send()
    assert (status, refused["code"]) == (403, "number_refused") and "STOP" in refused["error"]
    assert (await acme.ask("DELETE", f"/opt-outs/%2B{US}"))[0] == 204
    assert (await acme.ask("DELETE", f"/opt-outs/{US}"))[0] == 404
    assert (await acme.send())[0] == 201


async def test_what_an_account_has_set(acme: Program) -> None:
    assert (await acme.ask("GET", "/texting"))[1] == {"sender": "", "per_second": 10.0, "stop_words": True}
    status, changed = await acme.ask("PATCH", "/texting", {"sender": f"+{OWN}", "per_second": 2, "stop_words": False})
    assert (status, changed) == (200, {"sender": OWN, "per_second": 2.0, "stop_words": False})
    assert (await acme.ask("GET", "/texting"))[1] == changed
    for body, code in (
        ({"sender": "12015559999"}, "not_found"), ({"per_second": 0}, "invalid_setting"),
        ({"sender": "x"}, "invalid_number"),
    ):  # fmt: skip
        assert (await acme.ask("PATCH", "/texting", body))[1]["code"] == code
    status, audit = await acme.ask("GET", "/audit")
    assert audit["audit"][0]["what"] == "texting.changed"


async def test_a_member_reads_and_sends_nothing(acme: Program) -> None:
    person = {"email": "ann@example.com", "name": "Ann", "role": "member", "password": "a long enough password"}
    assert (await acme.ask("POST", "/users", person))[0] == 201
    _, made = await acme.ask("POST", f"/users/{person['email']}/tokens", {"name": "x"})
    member = Program(acme.installation, {"account": acme.account, "carillon": {"token": made["token"]}})
    assert (await member.ask("GET", "/messages"))[0] == 200
    assert (await member.send())[0] == 403


async def test_a_text_that_came_in_has_its_history(acme: Program) -> None:
    await acme.receive("Yes.")
    (id,) = await acme.ids()
    _, found = await acme.ask("GET", f"/messages/{id}")
    (event,) = found["events"]
    assert (event["event"], event["text"], found["parts"]) == ("message_received", "Yes.", [])
    assert await acme.installation.services.features[MessageService].parts(id) == []


async def test_a_subscription_of_an_application_hears_of_its_texts_alone(
    acme: Program, installation: Installation
) -> None:
    for name in ("shop", "desk"):
        await installation.admin("POST", "/applications", {"account": "acme", "name": name, "tasks": []})
    features = installation.services.features
    wanted = {"events": ["message.*"], "url": "https://example.com/hook"}
    for name in ("shop", "desk"):
        assert (await acme.ask("POST", "/subscriptions", wanted | {"application": name}))[0] == 201
    led = {"application": "shop", "capability": "sms"}
    assert (await installation.admin("PATCH", f"/numbers/{OWN}", led))[0] == 200
    await acme.receive("Yes.")
    _, sent = await acme.send(application="desk", at="2027-01-31T12:00:00Z")
    await acme.ask("DELETE", f"/messages/{sent['id']}")
    hearers = SubscriptionHearers(features[SubscriptionService], features[CallHistory].get)
    heard = {}
    for row in (await acme.ids())[::-1]:
        (event,) = await installation.db.read(lambda conn, row=row: events.of_subject(conn, row))  # type: ignore[misc]
        heard[event.event.subject] = len(await hearers.callbacks(event))
    assert list(heard.values()) == [1, 1]


ANN = {"email": "ann@example.com", "name": "Ann", "role": "member", "password": "a long enough password"}


async def test_texts_that_lead_to_a_user_are_in_its_inbox(acme: Program, installation: Installation) -> None:
    _, ann = await acme.ask("POST", "/users", ANN)
    await acme.ask("POST", "/users", ANN | {"email": "bob@example.com"})
    led = {"to": "user:Ann@Example.com", "capability": "sms"}
    status, changed = await installation.admin("PATCH", f"/numbers/{OWN}", led)
    wanted = {"kind": "user", "text": "user:ann@example.com", "target": "ann@example.com"}
    assert (status, changed["leads_to"]) == (200, wanted)
    await acme.receive("Hello, Ann.")
    (id,) = await acme.ids("?user=ann@example.com")
    assert await acme.ids(f"?user={ann['id']}") == [id] and await acme.ids("?user=bob@example.com") == []
    _, found = await acme.ask("GET", f"/messages/{id}")
    assert (found["message"]["user"], found["events"][0]["user"]) == (ann["id"], ann["id"])
    assert (await acme.ask("GET", "/messages?user=eve@example.com"))[0] == 404
    status, inbox = await installation.admin("GET", "/messages?account=acme&user=ann@example.com")
    assert [each["id"] for each in inbox["messages"]] == [id]
    assert (await installation.admin("GET", "/messages?user=ann@example.com"))[0] == 400


async def test_an_inbox_is_of_the_account(acme: Program, installation: Installation) -> None:
    _, ann = await acme.ask("POST", "/users", ANN)
    other = Program(installation, await installation.account("other"))
    assert (await other.ask("GET", f"/messages?user={ann['id']}"))[0] == 404
    number = {"number": "12015552001", "account": "other", "capability": "sms", "to": f"user:{ann['id']}"}
    assert (await installation.admin("POST", "/numbers", number))[1]["code"] == "not_found"


async def test_what_a_text_replies_to_is_null_in_events_as_in_lists(acme: Program, installation: Installation) -> None:
    await acme.receive("Hello.")
    (id,) = await acme.ids()
    (event,) = await installation.db.read(lambda conn: events.of_subject(conn, id))
    (entry,) = [one for one in announced.ENTRIES if one.name == "message.received"]
    assert entry.fields(event.event)["reply_to"] is None
    _, found = await acme.ask("GET", f"/messages/{id}")
    assert found["message"]["reply_to"] is None


async def test_texts_of_an_account_that_is_removed_end_at_once(acme: Program, installation: Installation) -> None:
    ids = [(await acme.send(**fields))[1]["id"] for fields in ({"at": "2027-01-31T12:00:00Z"}, {"to": "101"})]
    assert (await installation.admin("DELETE", "/accounts/acme"))[0] == 200
    for id in ids:
        _, found = await installation.admin("GET", f"/messages/{id}")
        assert (found["message"]["state"], found["message"]["reason"]) == ("failed", "The account was removed.")


async def test_a_request_that_is_sent_again_with_its_key_is_one_text(acme: Program, installation: Installation) -> None:
    async def send(key: str, by: Program = acme, **fields: Any) -> tuple[int, Any]:
        body = {"to": US, "text": "Good morning."} | fields
        headers = {"Authorization": f"Bearer {by.token}", "Idempotency-Key": key}
        url = installation.public_server.make_url("/carillon/v1/messages")
        async with installation.session.post(url, headers=headers, json=body) as answer:
            return answer.status, await answer.json()

    first = await send("order-7")
    assert first[0] == 201
    assert (await acme.ask("DELETE", f"/messages/{first[1]['id']}"))[0] == 204
    assert await send("order-7") == first, "as it was answered, not as it is"
    assert await acme.ids() == [first[1]["id"]]
    status, refused = await send("order-7", text="Good evening.")
    assert (status, refused["code"]) == (409, "idempotency_key_reused") and "another request" in refused["error"]
    assert (await send("order-8"))[1]["id"] != first[1]["id"]
    other = Program(installation, await installation.account("other"))
    assert (await send("order-7", other))[1]["code"] == "caller_refused", "another account's key is its own"
    assert (await send("refused", to="911"))[0] == 403 and (await send("refused"))[0] == 201
    for key in ("", "two words", "x" * 256):
        assert (await send(key))[1]["code"] == "bad_request"
