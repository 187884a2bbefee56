"""Hostile requests to the running system: it answers everybody else, and its logs hold no secret."""

import asyncio
import base64
import json
import secrets
import subprocess
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import make_account
from tests.support import people
from tests.support.carillon import Account, Admin, Own
from tests.support.raw_http import Answer, Wire, ask, bomb, request, wire
from tests.support.sink import Sink
from tests.support.system import System

ATTACKER = "127.66.6.6"
HALF_OPEN = 700
NUMBERS = "/calling/v1/configuration/numbers/"


def place(system: System) -> tuple[str, int]:
    """Where the API listens."""
    parts = urlsplit(system.api)
    return str(parts.hostname), int(parts.port or 80)


async def attack(system: System, raw: bytes, source: str = ATTACKER) -> Answer:
    """Send bytes as somebody else than the customers do."""
    return await ask(*place(system), raw, source=source)


def logs(system: System) -> str:
    """What the controller has written so far."""
    done = subprocess.run(
        ["docker", "logs", system.container("carillon")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True
    )
    return done.stdout.decode(errors="replace")


def own(token: str, path: str = "/carillon/v1/account") -> bytes:
    """A request of our own API."""
    return request("GET", path, Authorization=f"Bearer {token}")


async def test_bombs_without_a_key_are_refused_and_hold_up_nobody(
    system: System, ringful: Ringful, sink: Sink
) -> None:
    packed = bomb(200)
    paths = ["/Call/apikey/nobody", "/calling/v1/callouts", "/carillon/v1/calls", "/nothing"] * 3
    bombs = [
        asyncio.create_task(attack(system, request("POST", path, body=packed, Content_Encoding="gzip")), name=path)
        for path in paths
    ]
    call = await ringful.call(callee=people.BUSY, callbackUrl=sink.url())
    assert (await sink.until("ServerHangup", callId=call)).form["callId"] == call
    answers = await asyncio.gather(*bombs)
    assert {answer.status for answer in answers} == {415}, answers[0]
    assert all("gzip" in answer.text for answer in answers)


async def test_half_open_connections_leave_room_for_customers_the_administrator_and_calls(
    system: System, ringful: Ringful, sink: Sink, admin: Admin
) -> None:
    host, port = place(system)
    opened = await asyncio.gather(
        *(asyncio.open_connection(host, port, local_addr=(ATTACKER, 0)) for _ in range(HALF_OPEN))
    )
    try:
        for _, writer in opened:
            writer.write(b"GET /Call/apikey/x HTTP/1.1\r\nHost: x\r\nX-Half: ")
        call = await ringful.call(callee=people.BUSY, callbackUrl=sink.url())
        await sink.until("ServerHangup", callId=call)
        assert (await ask(host, port, request("GET", "/healthz"))).status == 200
        assert await admin.ask("GET", "accounts")
        # Of one client at most 512 stay: the first ones, which have waited longest, are gone; the others go in 10 s.
        assert await Wire(*opened[0]).closed(2) == b""
        assert (await Wire(*opened[-1]).answer(30)).status == 408
    finally:
        for _, writer in opened:
            writer.transport.abort()


async def test_guesses_are_stopped_and_a_right_key_of_the_same_address_is_not(system: System, account: Account) -> None:
    source = f"127.77.{secrets.randbelow(250)}.{1 + secrets.randbelow(250)}"
    host, port = place(system)
    statuses = []
    async with wire(host, port, source=source) as guesser:
        for number in range(160):
            guesser.send(own(f"key-{number}.{secrets.token_hex(8)}"))
            statuses.append((last := await guesser.answer()).status)
        assert statuses[:100] == [401] * 100 and statuses[-1] == 429, statuses
        assert int(last.headers["retry-after"]) >= 1 and set(json.loads(last.body)) == {"error", "code"}
        answer = await stopped(guesser, lambda: request("GET", f"/Call/apikey/{secrets.token_hex(8)}?callee=1"))
        assert answer.headers["content-type"].startswith("text/plain"), answer
        answer = await stopped(guesser, lambda: request("GET", NUMBERS, Authorization=f"Basic {basic_guess()}"))
        assert json.loads(answer.body)["errorCode"] == 42900, answer
    assert (await ask(host, port, own(account.token))).status == 200, "another address"
    assert (await ask(host, port, own(account.token), source=source)).status == 200, "the same one, first shown there"


async def test_the_administrators_token_is_not_guessed_either(system: System, admin: Admin) -> None:
    parts = urlsplit(system.admin)
    async with wire(str(parts.hostname), int(parts.port or 80), source="127.77.254.1") as guesser:
        answer = await stopped(
            guesser, lambda: request("GET", "/accounts", Authorization=f"Bearer {secrets.token_hex(8)}")
        )
        assert "retry-after" in answer.headers
        guesser.send(request("GET", "/health"))
        assert (await guesser.answer()).status == 200
    assert await admin.ask("GET", "accounts")


async def stopped(guesser: Wire, guess: Callable[[], bytes]) -> Answer:
    """Guess until guesses are not looked at any more; returns the answer that says so. One a second always is."""
    for _ in range(200):
        guesser.send(guess())
        if (answer := await guesser.answer()).status == 429:
            return answer
    raise AssertionError(f"200 guesses were looked at, the last one: {answer}")


def basic_guess() -> str:
    """A key and secret that nobody has."""
    return base64.b64encode(f"{secrets.token_hex(8)}:guess".encode()).decode()


@pytest.mark.parametrize(
    "authorization", [b"Basic \xff", b"Bearer KEY.\xff", b"Bearer \xff.\xff", b"Application \xff:\xff", b"Basic \xff:x"]
)
@pytest.mark.parametrize("path", ["/carillon/v1/account", "/calling/v1/configuration/numbers/"])
async def test_a_credential_that_is_not_ascii_is_a_wrong_one(
    system: System, account: Account, path: str, authorization: bytes
) -> None:
    shown = authorization.replace(b"KEY", account.token.partition(".")[0].encode())
    answer = await attack(system, request("GET", path, Authorization=shown.decode("latin-1")))
    assert answer.status in (401, 403) and json.loads(answer.body), answer
    parts = urlsplit(system.admin)
    raw = request("GET", "/accounts", Authorization=shown.decode("latin-1"))
    assert (await ask(str(parts.hostname), int(parts.port or 80), raw, source=ATTACKER)).status == 401


async def test_numbers_and_times_of_a_query_are_judged_before_they_are_read(own: Own) -> None:
    for query in (f"limit={'9' * 4301}", "limit=-1", "limit=1e3", "since=nan", "since=1e999", f"since={'9' * 400}",
                  "since=2030-02-31"):  # fmt: skip
        status, body = await own.ask("GET", f"calls?{query}")
        assert status == 400 and query.partition("=")[0] in body["error"], (query, status, body)


async def test_no_secret_of_a_malformed_request_is_in_any_log(
    system: System, admin: Admin, account: Account
) -> None:
    canary = f"canary-{secrets.token_hex(12)}"
    victim = make_account(admin)
    token = system.setting("ADMIN_TOKEN")
    admin_place = urlsplit(system.admin)
    for secret in (canary, victim.token, victim.apikey, token):
        for raw in (
            f"GET /carillon/v1/account HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer {secret}\r\n\r\n",
            f"GET /carillon/v1/account HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\x01\r\n\r\n",
            f"GET /Call/apikey/{secret} x HTTP/1.1\r\nHost: x\r\n\r\n",
            f"G\x01T /Call/apikey/{secret} HTTP/1.1\r\nHost: x\r\n\r\n",
            f"POST /Call/apikey/{secret} HTTP/1.1\r\nHost: x\r\nContent-Length: {secret}\r\n\r\n",
            f"POST /Call/apikey/{secret} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{secret}\r\n",
            f"GET /carillon/v1/calls?limit={'9' * 4301} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\n\r\n",
            f"{secret}\r\n\r\n",
        ):
            assert 400 <= (await attack(system, raw.encode())).status < 500, raw[:60]
            answer = await ask(str(admin_place.hostname), int(admin_place.port or 80), raw.encode(), source=ATTACKER)
            assert 400 <= answer.status < 500 and secret not in answer.text, raw[:60]
    written = await asyncio.to_thread(logs, system)
    assert "requests could not be read" in written
    for secret in (canary, victim.token, victim.apikey, victim.token.partition(".")[2], token):
        assert secret not in written, "it is in the log"
