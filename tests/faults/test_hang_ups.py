"""Softphones that hang up at random moments of a call: nothing of it is left, and each call ended once.

`make faults` places a thousand calls, `make test` forty. The moments are drawn from a seed, the timing of the machine
moves them about.
"""

import asyncio
import random
import secrets
from typing import Any

from tests.e2e.conftest import MOST_CALLS, Extension, MakeExtension, MakeNumber, make_account
from tests.faults.conftest import ROUNDS
from tests.support import people
from tests.support.carillon import Admin, Own
from tests.support.scenario import until
from tests.support.sip_caller import CallResult
from tests.support.system import System

SEED = 1009
CALLS = 40 if ROUNDS == 1 else 1000
AT_ONCE = 20
PAGE = 1000
FOLDER = "/var/spool/asterisk/recording"


def hang_up(chance: random.Random) -> dict[str, Any]:
    """When a softphone gives up: (status, seconds after it), or a time of its own."""
    moments: list[tuple[tuple[int, float] | None, float]] = [
        (None, chance.uniform(0.0, 0.03)),  # before 100, or before its challenge is answered
        ((100, chance.uniform(0.0, 0.1)), 20.0),
        ((180, chance.uniform(0.0, 0.2)), 20.0),  # while it rings, and about the answer
        ((200, 0.0), 20.0),  # with the ACK
        ((200, chance.uniform(0.0, 0.02)), 20.0),  # while the two are being connected
        ((200, chance.uniform(0.02, 1.0)), 20.0),
    ]
    moment, seconds = chance.choice(moments)
    return {"hang_up": moment, "seconds": seconds}


async def in_asterisk(system: System) -> set[str]:
    """Every channel, snoops too, and every bridge, as ARI tells them."""
    return {one["id"] for kind in ("channels", "bridges") for one in await system.ari(kind)}


async def on_the_console(system: System) -> list[str]:
    """The same as Asterisk's console tells it."""
    asterisk, shown = system.container("asterisk"), []
    for command in ("core show channels concise", "bridge show all"):
        printed = await system.docker("exec", asterisk, "asterisk", "-rx", command)
        shown += [line for line in printed.splitlines() if line.strip() and not line.startswith("Bridge-ID")]
    return shown


async def files(system: System) -> set[str]:
    """The recordings on disk."""
    return set((await system.docker("exec", system.container("carillon"), "ls", FOLDER)).split())


async def every_call(own: Own) -> list[dict[str, Any]]:
    """All calls of an account."""
    found: list[dict[str, Any]] = []
    while True:
        before = f"&before={found[-1]['id']}" if found else ""
        page = (await own.ask("GET", f"calls?limit={PAGE}{before}"))[1]["calls"]
        found += page
        if len(page) < PAGE:
            return found


async def test_softphones_that_hang_up_at_random_moments_leave_no_bridge_channel_or_file_behind(
    admin: Admin, extension: MakeExtension, number: MakeNumber, own: Own, system: System
) -> None:
    account = make_account(admin)
    await admin.ask("PATCH", f"accounts/{account.name}/limits", {"max_calls": MOST_CALLS})
    theirs = Own(own.session, system, account)
    phones = [await extension(account=account.name) for _ in range(4)]
    recorded = {"kind": "record", "name": ""}
    dialled = {"kind": "dial", "to": people.SPEAKS_440}
    room = {"kind": "join_conference", "name": f"room-{secrets.token_hex(4)}"}
    ours = [
        await number(owner=account.name, tasks=tasks)
        for tasks in ([recorded, dialled], [room, {"kind": "pause", "seconds": 30}], [{**dialled, "ringback": "de"}])
    ]
    outside = [people.SPEAKS_440, people.LISTENS, people.ECHOES, people.BUSY, people.ANSWERS_AFTER_8_SECONDS]
    before, kept = await in_asterisk(system), await files(system)
    chance, gate = random.Random(SEED), asyncio.Semaphore(AT_ONCE)

    async def one(phone: Extension, to: str, when: dict[str, Any]) -> CallResult:
        async with gate:
            return await phone.telephone(system).call(to, **when)

    called = await asyncio.gather(
        *(one(chance.choice(phones), chance.choice([*ours * 2, *outside]), hang_up(chance)) for _ in range(CALLS))
    )
    answered = sum(result.answered is not None for result in called)
    assert CALLS // 5 < answered < CALLS, "some were up, some were not"

    async def new() -> set[str]:
        return await in_asterisk(system) - before

    await until(new, lambda seen: not seen, 20.0, "nothing is left in Asterisk")
    shown = await until(
        lambda: on_the_console(system), lambda seen: len(seen) <= len(before), what="nor on its console"
    )
    assert all(any(known in line for known in before) for line in shown)
    live = (await theirs.ask("GET", "calls?live=true"))[1]["calls"]
    assert live == []
    rows = await every_call(theirs)
    assert {row["state"] for row in rows} == {"ended"}
    stories = [await theirs.call(row["id"]) for row in rows]
    ends = [sum(event["event"] == "call_ended" for event in story["events"]) for story in stories]
    assert ends == [1] * len(rows) and len(rows) >= answered, "each call ended once"
    recordings = {one["id"] for story in stories for one in story["recordings"] if one["seconds"] is not None}
    assert {name.partition(".")[0] for name in await files(system) - kept} == recordings
