"""Live events: a socket authenticates, and receives what happens in its company's conversations, and no other's."""

import asyncio
import contextlib
import json
from typing import Any

import aiohttp
import pytest
import socketio

from api.vendors.ringplan.auth import Auth
from api.vendors.ringplan.events import connections, sockets
from api.vendors.ringplan.vendor import RingPlan as Dialect
from engine.features.accounts.service import AccountService
from engine.features.errors import StoreError
from engine.features.messaging.events import MessageReceived
from engine.features.messaging.threads.following import ThreadFollower
from engine.platform.audit import SYSTEM
from engine.store.events import StoredEvent
from tests.api.vendors.ringplan.conftest import OURS, THEIRS, Served
from tests.api.vendors.ringplan.texting import CONVERSATION, MESSAGE, came
from tests.clients.ringplan.live import Live

CONVERSATIONS = "/texting/conversations"
READ = "texting.message.markAsRead"


async def received(served: Served, text: str, *, at: float = 1000.0) -> str:
    """A text comes in, and the consumer of threads hears of it; returns the conversation's id."""
    thread, id = await came(served, text, at=at), f"message-{at:g}"
    event = MessageReceived(
        id=f"event-{id}", account=served.id, subject=id, root=id, at=at, sender=THEIRS, recipient=OURS, text=text
    )
    await ThreadFollower(served.platform.writer).handle([StoredEvent(position=int(at), event=event)], lambda _: None)
    return thread


async def member(served: Served, email: str) -> None:
    """Add a contact to the company."""
    await served.acme.ok("POST", "/company/contacts", {"contacts": {"email": email}, "first_name": "Ann"}, status=201)


@pytest.mark.parametrize("transports", [("websocket",), ("polling",), ("polling", "websocket")], ids="-".join)
@pytest.mark.parametrize("path", ["/ws", "/ws/"])
async def test_a_socket_receives_what_happens_in_conversations(
    texting: Served, transports: tuple[str, ...], path: str
) -> None:
    acme = texting.acme
    async with Live(acme.base, transports=transports, path=path) as live:
        assert await live.authenticate(acme.token) == (
            "authenticated", {"company_id": texting.id, "user_id": texting.id},
        )  # fmt: skip
        id = await received(texting, "Hello")
        _, chat = await live.until("texting.chat.new")
        _, message = await live.until("texting.message.new")
        assert chat["id"] == message["conversation_id"] == id and message["text"] == "Hello"
        assert set(chat) >= CONVERSATION and set(message) >= MESSAGE
        assert message["contact"]["number"] == f"+{THEIRS}"
        messages = f"{CONVERSATIONS}/{id}/messages"
        await acme.ok("PATCH", f"{messages}/{message['id']}", {"is_read": True})
        assert (await live.until(READ))[1] == {
            "conversation_id": id, "messagesIds": [message["id"]], "timezone": "UTC",
        }  # fmt: skip
        await acme.ok("DELETE", messages, status=204, ids=message["id"])
        deleted = {"id": message["id"], "conversation_id": id}
        assert (await live.until("texting.message.delete"))[1] == deleted
        await acme.ok("DELETE", f"{CONVERSATIONS}/{id}", status=204)
        assert (await live.until("texting.chat.delete"))[1] == {"id": id}


async def test_a_socket_marks_messages_as_read_and_all_sockets_of_the_company_are_told(texting: Served) -> None:
    acme = texting.acme
    id = await received(texting, "one", at=1001.0)
    await received(texting, "two", at=1002.0)
    async with Live(acme.base) as live, Live(acme.base) as second:
        for each in (live, second):
            await each.authenticate(acme.token)
        read = {"conversation_id": id, "messagesIds": ["message-1001", "message-1002"], "timezone": "Asia/Tokyo"}
        await live.client.emit(READ, read)
        for each in (live, second):
            assert (await each.until(READ))[1]["messagesIds"] == ["message-1001", "message-1002"]
    (shown,) = await acme.ok("GET", CONVERSATIONS)
    assert shown["countunreadmessages"] == 0


async def test_whatever_comes_before_authentication_is_unauthorized(texting: Served) -> None:
    acme = texting.acme
    id = await received(texting, "one", at=1001.0)
    async with Live(acme.base) as live:
        sent: list[tuple[str, Any]] = [
            (READ, {"conversation_id": id, "messagesIds": ["message-1001"]}),
            ("anything", None),
            ("authenticate", None),
            ("authenticate", [acme.token]),
            ("authenticate", {"token": 5}),
            ("authenticate", {"token": acme.token, "user_email": {}}),
            ("authenticate", {"token": "x" * 2000}),
            ("authenticate", {"token": acme.token + "x"}),
            ("authenticate", {"token": acme.token, "user_email": "nobody@example.com"}),
        ]
        for count, (name, data) in enumerate(sent):
            await live.client.emit(name, data)
            event, refused = await live.until("unauthorized", "authenticated", after=count)
            assert (event, refused["status"], refused["title"]) == ("unauthorized", 401, "Unauthorized"), data
        (shown,) = await acme.ok("GET", CONVERSATIONS)
        assert shown["countunreadmessages"] == 1
        await received(texting, "two", at=1002.0)
        assert await live.authenticate(acme.token) and not live.of("texting.message.new")


async def test_another_company_is_told_nothing_and_marks_nothing(texting: Served) -> None:
    acme, other = texting.acme, texting.other
    id = await received(texting, "one", at=1001.0)
    async with Live(acme.base) as live, Live(other.base) as stranger:
        await live.authenticate(acme.token)
        await stranger.authenticate(other.token)
        await stranger.client.emit(READ, {"conversation_id": id, "messagesIds": ["message-1001"]})
        await received(texting, "two", at=1002.0)
        await live.until("texting.message.new")
        assert (await stranger.authenticate(other.token))[0] == "authenticated"
        assert [name for name, _ in stranger.received] == ["authenticated"] * 2 and not live.of(READ)


async def test_a_number_s_owners_are_told_and_no_other_contact(texting: Served) -> None:
    acme = texting.acme
    for email in ("ann@example.com", "ben@example.com"):
        await member(texting, email)
    await acme.ok("PUT", f"/texting/numbers/{OURS}", ["ann@example.com"])
    async with Live(acme.base) as ann, Live(acme.base) as ben, Live(acme.base) as owner:
        await ann.authenticate(acme.token, user_email="Ann@example.com")
        await ben.authenticate(acme.token, user_email="ben@example.com")
        await owner.authenticate(acme.token)
        id = await received(texting, "one", at=1001.0)
        for each in (ann, owner):
            await each.until("texting.message.new")
        await ben.client.emit(READ, {"conversation_id": id, "messagesIds": ["message-1001"]})
        assert (await ben.authenticate(acme.token, user_email="ben@example.com"))[0] == "authenticated"
        assert [name for name, _ in ben.received] == ["authenticated"] * 2
        await ann.client.emit(READ, {"conversation_id": id, "messagesIds": ["message-1001", 5, None]})
        await owner.until(READ)


async def test_what_cannot_be_marked_is_left_and_the_socket_goes_on(texting: Served) -> None:
    acme = texting.acme
    id = await received(texting, "one", at=1001.0)
    async with Live(acme.base) as live:
        await live.authenticate(acme.token)
        for data in (None, [], {}, {"conversation_id": 5}, {"conversation_id": id}, {"conversation_id": "no"},
                     {"conversation_id": id, "messagesIds": ["no"]}, {"conversation_id": id, "messagesIds": "x"},
                     {"conversation_id": id, "messagesIds": ["message-1001"] * 1001}):  # fmt: skip
            await live.client.emit(READ, data)
        await live.client.emit(READ, {"conversation_id": id, "messagesIds": ["message-1001"]})
        await live.until(READ)
        assert len(live.of(READ)) == 1


async def test_a_socket_that_sends_too_much_is_closed_and_others_go_on(texting: Served) -> None:
    acme = texting.acme
    async with Live(acme.base) as live, Live(acme.base) as good:
        for each in (live, good):
            await each.authenticate(acme.token)
        for _ in range(10_000):
            if live.closed.is_set():
                break
            try:
                await live.client.emit("anything", {"x": "y" * 100})
            except socketio.exceptions.BadNamespaceError:
                break
        await asyncio.wait_for(live.closed.wait(), 10)
        await received(texting, "Hello")
        await good.until("texting.message.new")


async def test_a_socket_that_does_not_authenticate_is_closed_whatever_it_is(
    texting: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "AUTHENTICATE_SECONDS", 0.1)
    monkeypatch.setattr(sockets, "LOOK_SECONDS", 0.05)
    acme = texting.acme
    async with aiohttp.ClientSession() as session, Live(acme.base) as silent, Live(acme.base) as good:
        await good.authenticate(acme.token)
        half = await session.ws_connect(f"{acme.base}/ws/?EIO=4&transport=websocket")  # never connects by Socket.IO
        assert (await session.get(f"{acme.base}/ws/?EIO=4&transport=polling")).status == 200  # never polls again
        await asyncio.wait_for(silent.closed.wait(), 10)
        async with asyncio.timeout(10):
            async for _ in half:
                pass
        await received(texting, "Hello")
        await good.until("texting.message.new")
        server = texting.vendor._sockets._connections.server
        async with asyncio.timeout(10):
            while len(server.eio.sockets) > 1:  # noqa: ASYNC110  # the one that polls is closed at the next look
                await asyncio.sleep(0.01)
        assert len(server.environ) == 1, "nothing of the closed ones is kept"


async def test_a_socket_ends_with_its_key(texting: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "ACCESS_SECONDS", 0.05)
    monkeypatch.setattr(sockets, "AUTHENTICATE_SECONDS", 0.0)
    monkeypatch.setattr(sockets, "LOOK_SECONDS", 0.05)
    acme, other = texting.acme, texting.other
    async with Live(acme.base) as live, Live(other.base) as others:
        await live.authenticate(acme.token)
        await others.authenticate(other.token)
        await texting.features[AccountService].rotate(SYSTEM, texting.id, Dialect.name)
        await asyncio.wait_for(live.closed.wait(), 10)
        assert not others.closed.is_set()


async def test_events_that_are_named_as_the_library_s_own_change_nothing(texting: Served) -> None:
    acme = texting.acme
    async with Live(acme.base) as live:
        await live.authenticate(acme.token)
        await live.client.emit("connect", {"aiohttp.request": 1})
        await received(texting, "Hello")
        await live.until("texting.message.new")


async def test_a_socket_is_closed_where_the_store_does_not_answer(
    texting: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise StoreError("The database does not answer.")

    acme = texting.acme
    async with Live(acme.base) as live, Live(acme.base) as other:
        await other.authenticate(acme.token)
        with monkeypatch.context() as patched:
            patched.setattr(Auth, "of_socket", fails)
            await live.client.emit("authenticate", {"token": acme.token})
            await asyncio.wait_for(live.closed.wait(), 10)
        await received(texting, "Hello")
        await other.until("texting.message.new")


async def test_sockets_are_refused_beyond_what_a_client_may_open(
    texting: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "OPENED_BURST", 2)
    monkeypatch.setattr(connections, "OPENED_PER_SECOND", 0.001)
    url = f"{texting.acme.base}/ws/?EIO=4&transport=polling"
    async with aiohttp.ClientSession() as session:
        answers = [await session.get(url) for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        for sid in ("", "none"):
            assert (await session.get(f"{url}&sid={sid}")).status == 429, "a blank id opens a connection as well"
        assert "Too many sockets" in (await answers[2].json())["detail"]


def _raw(texting: Served, session: aiohttp.ClientSession) -> Any:
    return session.ws_connect(f"{texting.acme.base}/ws/?EIO=4&transport=websocket")


async def ends(socket: aiohttp.ClientWebSocketResponse) -> list[str]:
    """Return what a socket still receives until it is closed."""
    async with asyncio.timeout(10):
        return [str(message.data) async for message in socket]


@pytest.mark.parametrize(
    "packet", ["49", "4", "4x", "42", "4{", '451-["x",{"_placeholder":true,"num":0}]', "44{}", b"bytes", "42[[]]"]
)
async def test_a_socket_that_sends_no_packet_is_closed_and_nothing_is_logged_as_an_error(
    texting: Served, packet: str | bytes, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with aiohttp.ClientSession() as session, _raw(texting, session) as socket:
        await socket.send_str("40")
        for _ in range(2):
            await socket.receive(timeout=10)
        await (socket.send_bytes(packet) if isinstance(packet, bytes) else socket.send_str(packet))
        await ends(socket)
    assert "Traceback" not in caplog.text and "Traceback" not in capsys.readouterr().out


@pytest.mark.parametrize("packet", ["40/nowhere,", "41", '42["disconnect"]', "4x", '42["anything"]'])
async def test_packets_of_every_kind_are_counted(texting: Served, packet: str) -> None:
    async with aiohttp.ClientSession() as session, _raw(texting, session) as socket:
        await socket.send_str("40")
        reading = asyncio.create_task(ends(socket))
        for _ in range(connections.SENT_BURST + 50):
            if not socket.closed:
                with contextlib.suppress(aiohttp.ClientConnectionError):
                    await socket.send_str(packet)
        await reading
    assert len(texting.vendor._sockets) == 0


async def test_a_client_that_posts_too_much_is_closed(texting: Served) -> None:
    url = f"{texting.acme.base}/ws/?EIO=4&transport=polling"
    async with aiohttp.ClientSession() as session:
        opened = (await (await session.get(url)).text())[1:]
        sid = json.loads(opened)["sid"]
        statuses = {(await session.post(f"{url}&sid={sid}", data="not packets")).status for _ in range(150)}
    assert 429 in statuses and statuses <= {200, 400, 429}
    assert sid not in texting.vendor._sockets._connections.server.eio.sockets


async def test_a_client_that_takes_nothing_is_closed_and_others_are_told(
    texting: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_WAITING", 3)
    acme = texting.acme
    url = f"{acme.base}/ws/?EIO=4&transport=polling"
    async with Live(acme.base) as live, aiohttp.ClientSession() as session:
        await live.authenticate(acme.token)
        sid = json.loads((await (await session.get(url)).text())[1:])["sid"]
        asked = json.dumps(["authenticate", {"token": acme.token}])
        for packet in ("40", f"42{asked}"):  # and never polls again
            assert (await session.post(f"{url}&sid={sid}", data=packet)).status == 200
        assert len(texting.vendor._sockets) == 2
        for at in range(1, 5):
            await received(texting, "Hello", at=1000.0 + at)
            await live.until("texting.message.new", after=at - 1)
        assert len(texting.vendor._sockets) == 1


async def test_a_connection_is_upgraded_once(texting: Served) -> None:
    url = f"{texting.acme.base}/ws/?EIO=4&transport="
    async with aiohttp.ClientSession() as session:
        sid = json.loads((await (await session.get(f"{url}polling")).text())[1:])["sid"]
        async with session.ws_connect(f"{url}websocket&sid={sid}") as socket:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(f"{url}websocket&sid={sid}")
            assert refused.value.status == 400
            await socket.send_str("2probe")
            assert (await socket.receive_str(timeout=10)) == "3probe"


async def test_an_event_that_is_named_disconnect_ends_nothing(texting: Served) -> None:
    acme = texting.acme
    async with Live(acme.base) as live:
        await live.authenticate(acme.token)
        await live.client.emit("disconnect", "client disconnect")
        await live.client.emit("disconnect")
        await received(texting, "Hello")
        await live.until("texting.message.new")


async def test_a_company_has_so_many_sockets(texting: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MOST_OF_COMPANY", 1)
    acme, other = texting.acme, texting.other
    async with Live(acme.base) as live, Live(acme.base) as second, Live(other.base) as stranger:
        for _ in range(2):
            assert (await live.authenticate(acme.token))[0] == "authenticated"
        event, refused = await second.authenticate(acme.token)
        assert (event, refused["status"]) == ("unauthorized", 429) and "live sockets" in refused["detail"]
        assert (await stranger.authenticate(other.token))[0] == "authenticated"


async def test_what_a_wrong_token_is_answered_with_is_about_the_event(texting: Served) -> None:
    async with Live(texting.acme.base) as live:
        _, refused = await live.authenticate(texting.acme.token + "x")
        assert refused["detail"] == "token must be the company's API key, or a user's token."


async def test_a_store_that_does_not_answer_ends_no_socket_whose_key_is_looked_at_again(
    texting: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = asyncio.Semaphore(0)

    async def fails(*_: object) -> None:
        looks.release()
        raise StoreError("The database does not answer.")

    monkeypatch.setattr(sockets, "ACCESS_SECONDS", 0.0)
    monkeypatch.setattr(sockets, "LOOK_SECONDS", 0.05)
    acme = texting.acme
    async with Live(acme.base) as live:
        await live.authenticate(acme.token)
        with monkeypatch.context() as patched:
            patched.setattr(Auth, "of_socket_again", fails)
            for _ in range(2):
                await asyncio.wait_for(looks.acquire(), 10)
        await received(texting, "Hello")
        await live.until("texting.message.new")
