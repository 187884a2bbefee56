"""What Asterisk's log says of requests that it refused; the lines are those of Asterisk 22.10.1."""

import asyncio
from pathlib import Path

import pytest

from engine.features.trunks import refused_requests
from engine.features.trunks.refused_requests import RefusedRequests

STAMP = "[2026-11-29 10:49:47.301] "
UNKNOWN = (
    "NOTICE[68]: res_pjsip/pjsip_distributor.c:688 log_failed_request: Request 'INVITE' from "
    "'<sip:12015550199@c.example>' failed for '127.0.44.8:44721' (callid: 83978d5c) - No matching endpoint found"
)
LINES = {
    "unknown": UNKNOWN,
    "password": UNKNOWN.replace("No matching endpoint found", "Failed to authenticate"),
    "phone_at_trunk": "WARNING[1]: res_pjsip_registrar.c:1238 find_registrar_aor: AOR '' not found for endpoint "
    "'trunk-itsp' (192.0.2.10:39001)",
    "malformed": "WARNING[85]: pjproject:<?>: sip_transport.c Dropping 461 bytes packet from UDP 127.0.44.7:42630 : "
    "PJSIP syntax error exception when parsing 'From' header on line 3 col 16:",
    "extension": "NOTICE[68]: res_pjsip_session.c:3946 new_invite:  trunk-dx: Call (UDP:127.0.44.7:53645) to extension "
    "'~' rejected because extension not found in context 'from-trunk'.",
    "call_id": "NOTICE[68][C-1]: Ext. s:10 @ arriving: A call from 127.0.44.7:5060 is refused with 400: its Call-ID is "
    "not ASCII",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "refused"


def append(file: Path, *lines: str) -> None:
    with file.open("a") as log:
        log.writelines(f"{STAMP}{line}\n" for line in lines)


async def test_each_kind_is_counted_with_its_last_source(file: Path) -> None:
    now = [100.0]
    refused = RefusedRequests(file, clock=lambda: now[0])
    await refused.look()
    assert refused.seen() == []
    append(file, *LINES.values(), "NOTICE[1]: something else", UNKNOWN.replace("INVITE", "OPTIONS"))
    await refused.look()
    now[0] = 200.0
    append(file, UNKNOWN.replace("127.0.44.8:44721", "[2001:db8::1]:5060").replace("INVITE", "REGISTER"))
    await refused.look()
    found = {one.kind: one for one in refused.seen()}
    assert set(found) == set(LINES) and refused.seen()[0] == found["unknown"]
    last = found["unknown"]
    assert (last.count, last.at, last.source, last.detail) == (2, 200.0, "[2001:db8::1]:5060", "REGISTER")
    assert last.addresses == ("2001:db8::1", "127.0.44.8")
    assert (refused.count("unknown"), refused.count("password"), refused.count("nothing")) == (2, 1, 0)
    assert {kind: one.detail for kind, one in found.items() if kind != "unknown"} == {
        "password": "INVITE", "phone_at_trunk": "itsp", "malformed": "From", "extension": "~", "call_id": "Call-ID",
    }  # fmt: skip


async def test_what_an_earlier_process_saw_is_not_counted_again_and_half_a_line_waits(file: Path) -> None:
    append(file, UNKNOWN)
    refused = RefusedRequests(file)
    await refused.look()
    with file.open("a") as log:
        log.write(STAMP + UNKNOWN[:80])
    await refused.look()
    assert refused.seen() == []
    with file.open("a") as log:
        log.write(UNKNOWN[80:] + "\n")
    await refused.look()
    assert [one.count for one in refused.seen()] == [1]


async def test_a_scanner_fills_neither_the_disk_nor_the_memory(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused_requests, "LONGEST", 20_000)
    monkeypatch.setattr(refused_requests, "MOST_READ", 10_000)
    refused = RefusedRequests(file)
    await refused.look()
    with file.open("a") as asterisk:  # it holds its file open and appends
        for number in range(200):
            asterisk.write(f"{STAMP}{UNKNOWN.replace('127.0.44.8', f'192.0.2.{number}')}\n")
        asterisk.flush()
        await refused.look()
        assert file.read_text() == ""  # noqa: ASYNC240
        asterisk.write(f"{STAMP}{UNKNOWN}\n")
        asterisk.flush()
        await refused.look()
    (one,) = refused.seen()
    assert one.source == "127.0.44.8:44721" and len(one.addresses) == 20 and 20 < one.count < 60


async def test_a_log_that_cannot_be_read_is_no_accident(tmp_path: Path) -> None:
    refused = RefusedRequests(tmp_path)  # a folder
    await refused.start()
    await refused.stop()
    assert refused.seen() == []
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "refused requests"]
