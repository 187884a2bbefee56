"""Live events through the public port, by the document's two clients: socket.io-client and python-socketio."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import socketio

from tests.clients.ringplan import live as clients
from tests.clients.ringplan.live import Live
from tests.e2e.ringplan.conftest import Company
from tests.e2e.ringplan.test_texting import CONVERSATIONS, texting_number
from tests.support import people
from tests.support.carillon import Admin, Command
from tests.support.lab_numbers import unused
from tests.support.phone import Phone
from tests.support.scenario import until
from tests.support.system import ROOT, System

PROGRAM = Path(clients.__file__).with_name("node") / "listen.js"
PACKAGES = ROOT / ".build" / "socket.io" / "node_modules"
READ = "texting.message.markAsRead"
STATUS = "user_status_updated"


class Node:
    """socket.io-client, running."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def until(self, name: str) -> Any:
        """Wait for an event of a name; returns its data."""
        assert self._process.stdout is not None
        async with asyncio.timeout(clients.LIMIT_SECONDS):
            while line := await self._process.stdout.readline():
                event, data = json.loads(line)
                if event == name:
                    return data
        raise AssertionError(f"socket.io-client has ended before {name}")

    async def send(self, name: str, data: Any) -> None:
        """Emit an event."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([name, data]).encode() + b"\n")
        await self._process.stdin.drain()


@asynccontextmanager
async def node(url: str, token: str) -> AsyncIterator[Node]:
    """Run it until the block is left."""
    assert PACKAGES.is_dir(), "socket.io-client is not installed: run `docker/venv test`"
    process = await asyncio.create_subprocess_exec(
        "node", str(PROGRAM), url, token, env={**os.environ, "NODE_PATH": str(PACKAGES)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Node(process)
    finally:
        process.kill()
        await process.wait()


async def test_a_company_texts_both_ways_and_its_web_client_sees_it_live(
    company: Company, admin: Admin, carillon: Command, system: System
) -> None:
    api, ours = company.api, await texting_number(company, admin)
    theirs = unused()
    async with node(system.api, api.token) as browser, Live(system.api, transports=("polling",)) as second:
        assert (await browser.until("authenticated"))["company_id"] == company.id
        assert (await second.authenticate(api.token))[0] == "authenticated"
        contact = await api.ok("POST", "/texting/contacts", {"number": f"+{theirs}", "first_name": "Jane"}, status=201)
        opened = await api.ok("POST", CONVERSATIONS, {"contact_id": contact["id"], "from_number": ours}, status=201)
        assert (await browser.until("texting.chat.new"))["contactinfo"]["first_name"] == "Jane"
        messages = f"{CONVERSATIONS}/{opened['id']}/messages"
        sent = await api.ok("POST", f"{messages}/publish", {"text": "Hello world!"}, status=201)
        shown = await browser.until("texting.message.new")
        assert (shown["id"], shown["direction"], shown["text"]) == (sent["id"], "outbound", "Hello world!")
        await carillon("lab", "text", ours, "Hello back", "--as", theirs)
        answer = await browser.until("texting.message.new")
        assert (answer["frm"], answer["text"], answer["is_read"]) == (f"+{theirs}", "Hello back", False)
        assert answer["contact"]["first_name"] == "Jane" and answer["conversation_id"] == opened["id"]
        await browser.send(READ, {"conversation_id": opened["id"], "messagesIds": [answer["id"]], "timezone": "UTC"})
        for heard in (await browser.until(READ), (await second.until(READ))[1]):
            assert (heard["conversation_id"], heard["messagesIds"]) == (opened["id"], [answer["id"]])
        (listed,) = await api.ok("GET", CONVERSATIONS)
        assert listed["unread_msg_count"] == 0
        assert [one["text"] for one in second.of("texting.message.new")] == ["Hello world!", "Hello back"]


async def test_the_document_s_python_sample_authenticates(company: Company, system: System) -> None:
    """The sample as it is printed, but for its host, its key, and that it ends."""
    heard: list[str] = []

    def sample(API_KEY: str, USER_EMAIL: str) -> None:
        sio = socketio.Client(reconnection=False)

        @sio.event
        def connect() -> None:
            sio.emit("authenticate", {"token": API_KEY, "user_email": USER_EMAIL})

        @sio.event
        def disconnect() -> None:
            heard.append("disconnected")

        @sio.on("authenticated")
        def authenticated(data: Any) -> None:
            heard.append("authenticated")
            sio.disconnect()

        @sio.on("unauthorized")
        def unauthorized(data: Any) -> None:
            heard.append("unauthorized")
            sio.disconnect()

        sio.connect(system.api, socketio_path="/ws/")
        sio.wait()

    email = "ann@example.com"
    await company.api.ok("POST", "/company/contacts", {"contacts": {"email": email}, "first_name": "Ann"}, status=201)
    await asyncio.to_thread(sample, company.api.token, email)
    await asyncio.to_thread(sample, company.api.token + "x", email)
    assert heard == ["authenticated", "disconnected", "unauthorized", "disconnected"]


async def test_another_company_sees_none_of_it(
    company: Company, other: Company, admin: Admin, carillon: Command, system: System
) -> None:
    ours = await texting_number(company, admin)
    async with Live(system.api) as live, Live(system.api) as stranger:
        await live.authenticate(company.api.token)
        await stranger.authenticate(other.api.token)
        await carillon("lab", "text", ours, "for one company", "--as", "12015550149")
        await live.until("texting.message.new")
        await stranger.authenticate(other.api.token)
        assert [name for name, _ in stranger.received] == ["authenticated"] * 2


async def test_a_user_s_status_follows_its_phone_and_its_calls_and_is_set_by_our_own_api(
    company: Company, other: Company, admin: Admin, system: System
) -> None:
    contact = {"contacts": {"email": "ann@example.com"}, "first_name": "Ann", "last_name": "Lee"}
    ann = await company.api.ok("POST", "/company/contacts", contact, status=201)
    wanted = {"number": "101", "account": company.account.name, "owner": "ann@example.com"}

    async def said(live: Live, count: int) -> list[tuple[str, str]]:
        """The first statuses: what they are, and how they came about."""
        found = await until(lambda: _of(live), lambda news: len(news) >= count, what=f"{count} statuses")
        for each in found:
            assert (each["company_id"], each["user_id"]) == (company.id, ann["id"])
            assert each["user_email"] == "ann@example.com" and each["id"] and each["created_at"].endswith("Z")
            assert each["updated_at"] == each["created_at"] and each["deleted_at"] is None
        return [(each["status"]["status"], each["status"]["action_type"]) for each in found]

    async with Live(system.api) as live, Live(system.api) as stranger:
        assert (await live.authenticate(company.api.token))[0] == "authenticated"
        assert (await stranger.authenticate(other.api.token))[0] == "authenticated"
        shown = await admin.ask("POST", "extensions", wanted)
        assert await said(live, 1) == [("offline", "registration")]
        async with Phone(shown["user"], shown["password"], system.sip, number="101") as phone:
            assert (await said(live, 2))[1:] == [("available", "registration")]
            await phone.dial(people.ECHOES)
            assert (await said(live, 3))[2:] == [("on_call", "call")]
            await phone.hang_up()
            assert (await said(live, 4))[3:] == [("available", "registration")]
            status, set_to = await company.own.ask("PUT", "users/ann@example.com/status", json={"status": "away"})
            assert status == 200 and set_to["status"]["set_by"] == "manual"
            assert (await said(live, 5))[4:] == [("away", "manual")]
        assert (await company.own.ask("DELETE", "users/ann@example.com/status"))[0] == 200
        assert (await said(live, 6))[5:] in ([("offline", "registration")], [("available", "registration")])
        assert stranger.of(STATUS) == []


async def _of(live: Live) -> list[Any]:
    return list(live.of(STATUS))
