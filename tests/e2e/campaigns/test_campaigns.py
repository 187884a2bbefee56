"""Campaigns on the lab: every persona ends with its status, what was forecast happens, machines are left a message."""

import asyncio
import csv
import io
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from api.lab import Lab
from tests.e2e.conftest import MakeCarrier, make_account, worker
from tests.support.carillon import Admin, Command, Own, moment
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, until
from tests.support.sink import Sink

SECONDS = 5.0
"""Of the message: one persona hangs up before its end."""
COMPLETED = {f"12015550{number}": "completed" for number in (100, 101, 102, 103, 112, 113, 114, 115, 116, 117, 118)}
TONES = {f"120155501{number}": "completed" for number in range(20, 40)}
OTHERS = {
    "12015550104": "busy",
    "12015550105": "unanswered",
    "12015550106": "unanswered",
    "12015550107": "failed",
    "12015550108": "unanswered",
    "12015550109": "failed",
    "12015550110": "hung_up",
    "12015550111": "busy",
}
ENDS_WITHIN = 150.0


@pytest.fixture
async def mine(own: Own, admin: Admin) -> Own:
    """The API of an account of the test's own."""
    return Own(own.session, own.system, make_account(admin))


async def made(mine: Own, numbers: list[str], message: dict[str, Any], **options: Any) -> str:
    """A campaign with these contacts."""
    body = {"name": "news", "message": message, "options": options}
    status, campaign = await mine.ask("POST", "campaigns", json=body)
    assert status == 201, campaign
    contacts = {"contacts": [{"number": "+" + number} for number in numbers]}
    status, added = await mine.ask("POST", f"campaigns/{campaign['id']}/contacts", json=contacts)
    assert (status, added["added"], added["bad"]) == (200, len(numbers), []), added
    return str(campaign["id"])


async def start(mine: Own, campaign: str, **fields: Any) -> dict[str, Any]:
    status, started = await mine.ask("POST", f"campaigns/{campaign}/start", json=fields)
    assert status == 200, started
    return dict(started)


async def ended(mine: Own, campaign: str) -> dict[str, dict[str, Any]]:
    """The contacts by number, once the campaign has ended."""
    await until(
        lambda: mine.ask("GET", f"campaigns/{campaign}"),
        lambda answer: answer[1]["state"] == "ended",
        ENDS_WITHIN,
        "the campaign ends",
    )
    _, found = await mine.ask("GET", f"campaigns/{campaign}/contacts?limit=1000")
    return {contact["number"]: contact for contact in found["contacts"]}


@pytest.fixture
async def town(network: Lab) -> AsyncIterator[dict[str, str]]:
    """Two hundred numbers, and as what each call of them ends: every persona, and numbers that were given one."""
    personas = COMPLETED | TONES | OTHERS
    given = dict(zip((str(12015556000 + place) for place in range(200 - len(personas))), cycle(personas), strict=False))
    at_once = asyncio.Semaphore(5)

    async def each(step: Callable[..., Awaitable[None]], *names: str) -> None:
        async with at_once:
            await step(*names)

    await asyncio.gather(*(each(network.map, number, persona) for number, persona in given.items()))
    yield personas | {number: personas[persona] for number, persona in given.items()}
    await asyncio.gather(*(each(network.unmap, number) for number in given))


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_two_hundred_numbers_end_with_their_status_and_the_report_says_so(
    carillon: Command, mine: Own, sink: Sink, lab: LabEars, town: dict[str, str]
) -> None:
    campaign = await made(
        mine, list(town), {"audio": sink.tone(620, SECONDS)},
        per_second=5, at_once=30, ring_seconds=12, keys=True, key_seconds=0,
    )  # fmt: skip
    await start(mine, campaign)
    found = await ended(mine, campaign)
    assert {number: contact["status"] for number, contact in found.items()} == town
    assert all(contact["attempts"] == 1 for contact in found.values())
    assert found["12015550110"]["playback"] == pytest.approx(3 / SECONDS, abs=0.15)
    assert found["12015550101"]["playback"] == 1
    assert found["12015550102"]["digits"].startswith("1")
    assert found["12015550103"]["digits"] == "51"
    assert found["12015550107"]["reason"] == "unknown_number"
    assert found["12015550104"]["seconds"] is None
    listener = found["12015550100"]
    assert listener["seconds"] == pytest.approx(SECONDS, abs=1)
    assert_melody((await lab.of(listener["call"], mine)).heard, 620)
    report = csv.DictReader(io.StringIO(await carillon("campaigns", "report", campaign)))
    assert {row["number"].lstrip("'+"): row["status"] for row in report} == town
    counts = (await mine.ask("GET", f"campaigns/{campaign}"))[1]["statuses"]
    assert counts == Counter(town.values())


async def test_a_machine_is_hung_up_on_or_left_the_message_behind_its_beep(mine: Own, sink: Sink, lab: LabEars) -> None:
    voicemail, person, message = "12015550112", "12015550114", {"audio": sink.tone(620, 3.0)}
    hung_up = await made(mine, [voicemail, person], message, machine="hang_up", per_second=5)
    left = await made(mine, [voicemail], message, machine="leave_message")
    await start(mine, hung_up)
    await start(mine, left)
    found = await ended(mine, hung_up)
    assert {number: (one["status"], one["machine"]) for number, one in found.items()} == {
        voicemail: ("machine", True), person: ("completed", False),
    }  # fmt: skip
    (contact,) = (await ended(mine, left)).values()
    assert (contact["status"], contact["machine"], contact["playback"]) == ("completed", True, 1)
    ends = await lab.of(contact["call"], mine)
    assert_melody(ends.heard, 620)


async def test_what_was_forecast_happens_within_a_tenth(own: Own, admin: Admin, sink: Sink, rates: str) -> None:
    mine = Own(own.session, own.system, make_account(admin, currency=rates))
    message = {"audio": sink.tone(620, 4.0)}
    campaign = await made(mine, [*TONES, "12015550100"], message, per_second=2, at_once=6)
    await start(mine, campaign)
    await ended(mine, campaign)
    before = (await mine.ask("GET", f"campaigns/{campaign}"))[1]
    again = {"statuses": ["completed"]}
    status, plan = await mine.ask("POST", f"campaigns/{campaign}/plan", json=again)
    assert status == 200 and plan["contacts"] == plan["calls"] == len(TONES) + 1, plan
    await start(mine, campaign, **again)
    found = await ended(mine, campaign)
    after = (await mine.ask("GET", f"campaigns/{campaign}"))[1]
    took = moment(after["ended"]) - moment(after["started"])
    assert moment(plan["ends"]) - moment(plan["begins"]) == pytest.approx(took, rel=0.1)
    cost = float(after["price"]) - float(before["price"])
    assert float(plan["price"]) == pytest.approx(cost, rel=0.1)
    begun = sorted(moment(contact["called"]) for contact in found.values())
    per_minute = (len(begun) - 1) / (begun[-1] - begun[0]) * 60
    assert plan["per_minute"] == pytest.approx(per_minute, rel=0.1)


async def test_a_campaign_of_the_command_line_is_planned_started_stopped_and_reported(
    carillon: Command, mine: Own, sink: Sink, tmp_path: Path
) -> None:
    file, account = tmp_path / "contacts.csv", mine.account.name
    file.write_text("number,name\n+12015550100,Ann\n(201) 555-0121,Ben\n12,Cid\n+12015550122,Dan\n")
    created = await carillon.json(
        "campaigns", "create", "news", "--account", account, "--say", "Hello {name}.", "--per-second", "5",
        "--retry", "busy:2:60", "--hours", "00:00-24:00",
    )  # fmt: skip
    id = created["id"]
    added = await carillon.json("campaigns", "add-contacts", id, "--file", str(file))
    assert (added["added"], [each["line"] for each in added["bad"]]) == (3, [4])
    await carillon("do-not-call", "add", "+12015550122", "--account", account)
    planned = json.loads(await carillon("campaigns", "plan", id, "--json"))
    assert [(each["reason"], each["numbers"]) for each in planned["skipped"]] == [("do_not_call", ["12015550122"])]
    assert planned["contacts"] == 2
    await carillon("campaigns", "start", id)
    await ended(mine, id)
    report = await carillon("campaigns", "report", id)
    assert len(report.strip().splitlines()) == 4 and "skipped" in report and "Ann" in report
    refused = await carillon.run("campaigns", "pause", id)
    assert refused.status and "cannot be paused" in refused.errors + refused.output


async def test_who_cannot_be_called_because_the_carrier_answers_nothing_waits_until_it_does(
    mine: Own, admin: Admin, carrier: MakeCarrier, sink: Sink
) -> None:
    trunk = await carrier()  # which answers OPTIONS alone, as yet
    await admin.ask("POST", f"accounts/{mine.account.name}/prefixes", {"prefix": f"+{trunk.prefix}"})
    numbers = [trunk.number(tail) for tail in ("01", "02", "03")]
    campaign = await made(mine, numbers, {"audio": sink.tone(620, SECONDS)}, per_second=5, ring_seconds=10)
    await start(mine, campaign)

    async def waiting() -> set[tuple[str, int, str]]:
        contacts = (await mine.ask("GET", f"campaigns/{campaign}/contacts"))[1]["contacts"]
        return {(each["status"], each["attempts"], each["reason"]) for each in contacts}

    reason = f"The trunk {trunk.name} takes no calls (no_response)."
    await until(waiting, lambda seen: ("queued", 0, reason) in seen, 30, "a contact waits")
    assert (await mine.ask("GET", f"campaigns/{campaign}"))[1]["state"] == "running"
    # INVITEs that were given up are sent again until they time out (RFC 3261 section 9.1), so more may come than count.
    async with trunk.answers("uas_reject", keys={"code": "486"}, calls=20, seconds=120):
        found = await ended(mine, campaign)
    assert {(each["status"], each["attempts"]) for each in found.values()} == {("busy", 1)}


async def test_texts_are_sent_and_those_that_are_lost_have_failed(mine: Own, admin: Admin, carillon: Command) -> None:
    number = f"4478{worker():02d}{secrets.randbelow(10**6):06d}"
    wanted = {"number": number, "account": mine.account.name, "capability": "sms", "unassigned": True}
    await admin.ask("POST", "numbers", wanted)
    name, statuses = (
        secrets.token_hex(4),
        {"12015550140": "completed", "12015550141": "failed", "12015550148": "failed"},
    )
    body = {"name": "news", "kind": "text", "message": {"text": "Hello {name}."}}
    campaign = (await mine.ask("POST", "campaigns", json=body))[1]["id"]
    contacts = [{"number": "+" + each, "tags": {"name": name}} for each in (*statuses, "12015550142")]
    await mine.ask("POST", f"campaigns/{campaign}/contacts", json={"contacts": contacts})
    await mine.ask("POST", "do-not-call", json={"numbers": ["+12015550142"]})
    await start(mine, campaign)

    async def seen() -> dict[str, str]:
        return {each["number"]: each["status"] for each in (await ended(mine, campaign)).values()}

    await until(seen, lambda found: found == statuses | {"12015550142": "skipped"}, 60, "receipts")
    arrived = await carillon.json("lab", "texts", "12015550140")
    assert [each["text"] for each in arrived if each["sender"] == number] == [f"Hello {name}."]


async def test_what_is_wrong_is_said(mine: Own, sink: Sink) -> None:
    audio = {"audio": sink.tone(620, 1.0)}
    campaign = await made(mine, ["12015550100"], {"text": "Hello {name}."})
    status, answer = await mine.ask("POST", f"campaigns/{campaign}/start", json={})
    assert (status, answer["code"]) == (400, "unknown_tag")
    assert "'name'" in answer["error"] and "line 1" in answer["error"]
    status, answer = await mine.ask("POST", f"campaigns/{campaign}/start", json={"message": audio, "at": 1000})
    assert status == 400 and "a time to come" in answer["error"]
    contacts = {"contacts": [{"number": "+4930901820"}, {"number": "+1911"}]}
    _, added = await mine.ask("POST", f"campaigns/{campaign}/contacts", json=contacts)
    assert added["added"] == 0 and [each["line"] for each in added["bad"]] == [1, 2]
    await start(mine, campaign, message=audio)
    status, answer = await mine.ask("DELETE", f"campaigns/{campaign}")
    assert (status, answer["code"]) == (409, "still_used")
    status, answer = await mine.ask("POST", f"campaigns/{campaign}/start", json={})
    assert (status, answer["code"]) == (409, "still_used")
    assert (await mine.ask("POST", f"campaigns/{campaign}/stop"))[0] == 200
