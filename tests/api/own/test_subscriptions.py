"""Subscriptions at both APIs, replay, and the websocket of events."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from sqlalchemy import update

from api.own import event_socket
from engine.features.errors import StoreError
from engine.features.subscriptions import live, log
from engine.features.subscriptions.live import LiveEvents
from engine.features.subscriptions.log import EventLog
from engine.features.subscriptions.service import SubscriptionService
from engine.store import deliveries, tables
from tests.api.own.installation import Installation
from tests.fakes.sink import Sink

EVENTS = {"events": ["call.*"], "url": "https://example.com/hook"}


class Program:
    """A customer's program."""

    def __init__(self, installation: Installation, token: str, account: str) -> None:
        self.installation, self.token, self.account = installation, token, account

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        server = self.installation.public_server
        return await self.installation.ask(server, method, f"/carillon/v1{path}", self.token, body, **more)

    def socket(self, query: str = "") -> Any:
        url = self.installation.public_server.make_url(f"/carillon/v1/events{query}")
        return self.installation.session.ws_connect(url, headers={"Authorization": f"Bearer {self.token}"})

    async def call(self) -> str:
        """Place a call, which is answered and ends."""
        engine = self.installation.engine
        call = await engine._new_call(self.account, "12015550101", "12015550100")
        await engine.answer(call.id)
        await engine.end(call.id)
        return call.id


async def program(installation: Installation, name: str = "acme") -> Program:
    made = await installation.account(name, allow_private=True)
    return Program(installation, made["carillon"]["token"], made["account"])


@pytest.fixture
async def acme(installation: Installation) -> Program:
    return await program(installation)


async def test_an_account_adds_shows_changes_rotates_and_removes_its_own(acme: Program) -> None:
    status, made = await acme.ask("POST", "/subscriptions", EVENTS)
    assert status == 201 and made.pop("secret").startswith("whsec_")
    assert made == {
        "id": made["id"], "events": ["call.*"], "sink": "http", "url": "https://example.com/hook", "email": None,
        "application": None, "disabled": False, "created": made["created"],
        "old_secret_until": None, "dialect": None, "topic": None,
    }  # fmt: skip
    one = f"/subscriptions/{made['id']}"
    assert await acme.ask("GET", "/subscriptions") == (200, {"subscriptions": [made]})
    assert await acme.ask("GET", one) == (200, made)
    assert (await acme.ask("PATCH", one, {"disabled": True}))[1]["disabled"] is True
    status, rotated = await acme.ask("POST", f"{one}/rotate")
    assert status == 200 and rotated["secret"].startswith("whsec_") and rotated["old_secret_until"]
    assert (await acme.ask("DELETE", one))[0] == 204
    assert (await acme.ask("GET", one))[0] == 404
    whats = [entry["what"] for entry in (await acme.ask("GET", "/audit"))[1]["audit"]]
    assert whats[:4] == [
        "subscription.removed", "subscription.rotated", "subscription.changed", "subscription.added",
    ]  # fmt: skip


async def test_those_of_an_account_that_is_removed_hear_nothing_any_more(
    installation: Installation, acme: Program
) -> None:
    other = await program(installation, "other")
    made, kept = [(await each.ask("POST", "/subscriptions", EVENTS))[1]["id"] for each in (acme, other)]
    assert (await installation.admin("DELETE", "/accounts/acme"))[0] in (200, 204)
    index = installation.services.features[SubscriptionService].index
    assert index.get(made) is None and not index.wanting(acme.account, "call.ended")
    assert index.get(kept) is not None and len(index.wanting(other.account, "call.ended")) == 1


async def test_another_account_sees_none_of_them(installation: Installation, acme: Program) -> None:
    other = await program(installation, "other")
    _, made = await acme.ask("POST", "/subscriptions", EVENTS)
    one = f"/subscriptions/{made['id']}"
    assert (await other.ask("GET", "/subscriptions"))[1] == {"subscriptions": []}
    for method, path in (
        ("GET", one), ("PATCH", one), ("DELETE", one), ("POST", f"{one}/rotate"), ("POST", f"{one}/test"),
        ("POST", f"{one}/replay"),
    ):  # fmt: skip
        assert (await other.ask(method, path, {}))[0] == 404, path


async def test_a_member_reads_them_and_an_admin_changes_them(installation: Installation, acme: Program) -> None:
    asked = {}
    for role in ("owner", "admin", "member"):
        body = {"email": f"{role}@example.com", "role": role}
        await installation.admin("POST", "/accounts/acme/users", body)
        _, made = await installation.admin("POST", f"/accounts/acme/users/{role}@example.com/tokens", {})
        person = Program(installation, made["token"], acme.account)
        assert (await person.ask("GET", "/subscriptions"))[0] == 200
        asked[role] = (await person.ask("POST", "/subscriptions", EVENTS))[0]
    assert asked == {"owner": 201, "admin": 201, "member": 403}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"events": ["call.*"]}, "either a url or an email"),
        ({"events": ["nonsense"], "url": "http://a.example/"}, "got 'nonsense'"),
        ({"events": "call.*", "url": "http://a.example/"}, "Expected `array`"),
        ({"events": ["call.*"], "url": "gopher://a.example/"}, "The URL cannot be used."),
        ({"events": ["call.*"], "url": "http://a.example/", "secret": "mine"}, "unknown field"),
    ],
)
async def test_what_cannot_be_is_refused(acme: Program, body: Any, words: str) -> None:
    status, answer = await acme.ask("POST", "/subscriptions", body)
    assert status == 400 and words in answer["error"]


async def test_a_test_event_arrives_and_is_replayed(installation: Installation, acme: Program) -> None:
    async with Sink() as sink:
        _, made = await acme.ask("POST", "/subscriptions", EVENTS | {"url": sink.url("/hook")})
        status, sent = await acme.ask("POST", f"/subscriptions/{made['id']}/test")
        assert status == 202 and sent["action"] == "subscription.test" and sent["subscription"] == made["id"]
        await sink.next()
        body = json.loads(sink.posts[0].body)
        assert (body["type"], body["data"]) == ("subscription.test", {"subscription": made["id"]})
        await _settled(installation)
        other = await program(installation, "other")
        assert (await other.ask("POST", f"/events/{body['id']}/replay"))[0] == 404
        assert await acme.ask("POST", f"/events/{body['id']}/replay") == (202, {"replayed": 1})
        await sink.next()
        await _settled(installation)
        assert await installation.admin("POST", f"/callbacks/replay?event={body['id']}") == (202, {"replayed": 1})
        await sink.next()
        await _settled(installation)
        assert await acme.ask("POST", f"/subscriptions/{made['id']}/replay?since=2000-01-01") == (202, {"replayed": 1})
        await sink.next()
        assert [post.headers["webhook-id"] for post in sink.posts] == [body["id"]] * 4
        assert len({post.body for post in sink.posts}) == 1


@pytest.mark.parametrize("query", ["", "?event=a&call=b", "?since=2030-01-01"])
async def test_a_replay_names_one_thing(installation: Installation, query: str) -> None:
    status, answer = await installation.admin("POST", f"/callbacks/replay{query}")
    assert (status, answer["error"]) == (400, "Name one of event, call and subscription.")


async def _settled(installation: Installation) -> None:
    async with asyncio.timeout(30):
        while await installation.db.read(deliveries.pending):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class TestLog:
    """The events that are kept, by GET."""

    async def test_pages_have_every_event_once_in_order(self, acme: Program) -> None:
        calls = [await acme.call() for _ in range(4)]
        seen: list[tuple[str, str]] = []
        after, sizes, more = "", [], True
        while more:
            status, page = await acme.ask("GET", f"/events?limit=3{after}")
            assert status == 200
            seen += [(each["type"], each["data"]["call"]) for each in page["events"]]
            sizes.append(len(page["events"]))
            after, more = f"&after={page['last']}", page["more"]
        assert seen == [(name, call) for call in calls for name in ("call.answered", "call.ended")]
        assert sizes == [3, 3, 2]
        assert await acme.ask("GET", f"/events?limit=3{after}") == (
            200, {"events": [], "last": page["last"], "more": False},
        )  # fmt: skip
        later = await acme.call()
        _, page = await acme.ask("GET", f"/events?events=call.ended{after}")
        assert [each["data"]["call"] for each in page["events"]] == [later]

    async def test_one_of_many_is_found_though_few_are_looked_at_for_a_page(
        self, acme: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(log, "_AT_ONCE", 2)
        monkeypatch.setattr(log, "LOOKED_AT", 4)
        calls = [await acme.call() for _ in range(5)]
        found: list[str] = []
        query, more, rounds = "?events=call.ended", True, 0
        while more:
            _, page = await acme.ask("GET", f"/events{query}")
            found += [each["data"]["call"] for each in page["events"]]
            query, more, rounds = f"?events=call.ended&after={page['last']}", page["more"], rounds + 1
        assert found == calls and rounds >= 3

    async def test_an_event_that_cannot_be_read_is_passed_by(self, installation: Installation, acme: Program) -> None:
        calls = [await acme.call() for _ in range(3)]
        _, page = await acme.ask("GET", "/events?limit=3")
        broken = page["events"][2]["id"]
        spoil = update(tables.events).where(tables.events.c.id == broken).values(body="{")
        await installation.writer.write(lambda conn: conn.execute(spoil).rowcount)
        _, page = await acme.ask("GET", "/events")
        assert len(page["events"]) == 2 * len(calls) - 1 and not page["more"]
        assert (await acme.ask("GET", f"/events?after={broken}"))[1]["events"] == page["events"][2:]

    async def test_a_request_that_offers_another_protocol_gets_the_list(
        self, installation: Installation, acme: Program
    ) -> None:
        await acme.call()
        url = installation.public_server.make_url("/carillon/v1/events")
        headers = {"Authorization": f"Bearer {acme.token}", "Upgrade": "h2c", "Connection": "Upgrade"}
        async with installation.session.get(url, headers=headers) as answer:
            assert answer.status == 200 and len((await answer.json())["events"]) == 2

    async def test_latest_is_behind_all_that_there_is(self, installation: Installation, acme: Program) -> None:
        other = await program(installation, "other")
        nothing = {"events": [], "last": None, "more": False}
        assert await other.ask("GET", "/events?after=latest") == (200, nothing)
        await acme.call()
        _, page = await acme.ask("GET", "/events?after=latest")
        assert page["last"] == (await acme.ask("GET", "/events"))[1]["last"] and not page["events"]
        assert await other.ask("GET", "/events") == (200, nothing)

    @pytest.mark.parametrize(
        ("query", "status", "words"),
        [
            ("?limit=0", 400, "limit"),
            ("?limit=1001", 400, "limit"),
            ("?limit=x", 400, "limit"),
            ("?events=nonsense", 400, "events"),
            ("?after=event-none", 404, "No event event-none is kept"),
        ],
    )
    async def test_what_cannot_be_is_refused(self, acme: Program, query: str, status: int, words: str) -> None:
        answered, problem = await acme.ask("GET", f"/events{query}")
        assert answered == status and words in problem["error"], problem

    async def test_the_administrator_lists_those_of_an_account(self, installation: Installation, acme: Program) -> None:
        await acme.call()
        _, page = await installation.admin("GET", "/accounts/acme/events?events=call.answered")
        assert [each["type"] for each in page["events"]] == ["call.answered"]
        assert page["events"] == (await acme.ask("GET", "/events"))[1]["events"][:1]


class TestSocket:
    """The websocket of events."""

    async def test_an_account_receives_its_events_as_they_happen_and_no_others(
        self, installation: Installation, acme: Program
    ) -> None:
        other = await program(installation, "other")
        async with acme.socket() as socket, acme.socket("?events=call.ended") as ends, other.socket() as foreign:
            call = await acme.call()
            heard = [await socket.receive_json(timeout=30) for _ in range(2)]
            assert [(each["type"], each["data"]["call"]) for each in heard] == [
                ("call.answered", call), ("call.ended", call),
            ]  # fmt: skip
            assert (await ends.receive_json(timeout=30))["type"] == "call.ended"
            theirs = await other.call()
            assert (await foreign.receive_json(timeout=30))["data"]["call"] == theirs

    @pytest.mark.parametrize(("query", "token", "status"), [("", "a.b", 401), ("?events=nonsense", None, 400)])
    async def test_who_may_not_listen_gets_an_answer(
        self, acme: Program, query: str, token: str | None, status: int
    ) -> None:
        acme.token = token or acme.token
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await acme.socket(query)
        assert refused.value.status == status

    async def test_who_was_away_is_sent_what_was_missed_and_then_what_happens_each_once(
        self, acme: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(event_socket, "MISSED_AT_ONCE", 3)
        first = await acme.call()
        (answered, ended) = (await acme.ask("GET", "/events"))[1]["events"]
        assert answered["data"]["call"] == ended["data"]["call"] == first
        missed = [await acme.call() for _ in range(4)]
        async with acme.socket(f"?after={answered['id']}") as socket:
            calls = [first, *missed, await acme.call(), await acme.call()]
            heard = [await socket.receive_json(timeout=30) for _ in range(2 * len(calls) - 1)]
        wanted = [(name, call) for call in calls for name in ("call.answered", "call.ended")][1:]
        assert [(each["type"], each["data"]["call"]) for each in heard] == wanted
        assert len({each["id"] for each in heard}) == len(heard)

    async def test_what_happens_while_the_missed_ones_are_sent_comes_behind_them_once(
        self, acme: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before, reading = [await acme.call() for _ in range(3)], EventLog.page
        (_, found) = await acme.ask("GET", "/events?limit=1")
        late: list[str] = []

        async def page(log: EventLog, *given: Any, **more: Any) -> Any:
            read = await reading(log, *given, **more)
            if len(late) < 3:  # between the pages
                late.append(await acme.call())
            return read

        monkeypatch.setattr(EventLog, "page", page)
        monkeypatch.setattr(event_socket, "MISSED_AT_ONCE", 2)
        monkeypatch.setattr(live, "MOST_WAITING", 2)  # fewer than come meanwhile
        async with acme.socket(f"?events=call.ended&after={found['last']}") as socket:
            heard = [await socket.receive_json(timeout=30) for _ in range(6)]
        assert [each["data"]["call"] for each in heard] == [*before, *late]

    async def test_a_store_that_does_not_answer_closes_it_with_a_reason(
        self, acme: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fails(*_: Any, **__: Any) -> Any:
            raise StoreError("The database does not answer.")

        monkeypatch.setattr(EventLog, "page", fails)
        async with acme.socket("?after=latest") as socket:
            message = await socket.receive(timeout=30)
        assert (message.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, 1013)
        assert message.extra == "The events cannot be read now: connect again."

    async def test_an_event_that_is_not_kept_is_refused_before_the_upgrade(
        self, installation: Installation, acme: Program
    ) -> None:
        other = await program(installation, "other")
        await other.call()
        theirs = (await other.ask("GET", "/events"))[1]["last"]
        for after in ("event-none", theirs):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await acme.socket(f"?after={after}")
            assert refused.value.status == 404

    async def test_there_are_so_many_at_most(self, acme: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live, "MOST_LISTENERS", 1)
        async with acme.socket():
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await acme.socket()
        assert refused.value.status == 429

    async def test_one_that_is_too_slow_is_closed_with_a_reason(
        self, acme: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live, "MOST_WAITING", 0)
        async with acme.socket() as socket:
            await acme.call()
            message = await socket.receive(timeout=30)
        assert (message.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, 1013)
        assert message.extra == "Events were not read fast enough."

    async def test_one_that_does_not_read_is_cut_off(
        self, installation: Installation, acme: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(event_socket, "CLOSE_SECONDS", 0.1)
        monkeypatch.setattr(live, "MOST_WAITING", 50)
        monkeypatch.setattr(event_socket.bodies, "encoded", lambda message: "x" * 200_000)
        reader, writer = await asyncio.open_connection("127.0.0.1", installation.public_server.port)
        handshake = (
            "GET /carillon/v1/events HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {acme.token}\r\n\r\n"
        )
        writer.write(handshake.encode())
        assert b" 101 " in await reader.readline()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        hub = installation.services.features[LiveEvents]
        async with asyncio.timeout(60):
            while hub._listeners:
                await acme.call()
        writer.close()

    async def test_a_key_that_is_not_valid_any_more_ends_it(
        self, installation: Installation, acme: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(event_socket, "ACCESS_SECONDS", 0.01)
        async with acme.socket() as socket:
            await installation.admin("PATCH", "/accounts/acme", {"disabled": True})
            message = await socket.receive(timeout=30)
        assert (message.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, 1008)

    async def test_when_the_server_leaves_it_says_so(self, installation: Installation, acme: Program) -> None:
        async with acme.socket() as socket:
            installation.services.features[LiveEvents].close()
            message = await socket.receive(timeout=30)
        assert (message.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, 1001)
