"""What TringMe schedules happens at its time, or does not if it was cancelled before."""

import asyncio
import time

from tests.clients.tringme.client import TringMe
from tests.e2e.conftest import MOST_CALLS
from tests.e2e.tringme.conftest import Notified
from tests.support import people
from tests.support.carillon import Account, Admin, Own, moment
from tests.support.far_end import assert_melody
from tests.support.lab_texts import LabTexts
from tests.support.scenario import LabEars, until
from tests.support.sink import Sink


async def test_a_scheduled_call_is_heard_at_its_time(
    tringme: TringMe, notified: Notified, sink: Sink, lab: LabEars, own: Own
) -> None:
    at = time.time() + 3
    call = await tringme.ok("call", src=people.LISTENS, greeting=sink.tone(500, 0.5), schedule=f"{at:.3f}")
    await notified.until(call, "COMPLETED")
    assert moment((await own.call(call))["created"]) >= at - 0.1
    assert_melody((await lab.of(call)).heard, 500)


async def test_a_scheduled_pair_is_connected_at_its_time(tringme: TringMe, notified: Notified) -> None:
    call = await tringme.ok("call", src=people.SPEAKS_440, dest=people.HANGS_UP, at="2", flags="3")
    assert int((await notified.until(call, "COMPLETED"))["destduration"]) >= 2
    assert notified.statuses(call) == ["SRCANSWERED", "COMPLETED"]


async def test_what_was_cancelled_does_not_happen_and_is_not_there_any_more(
    tringme: TringMe, notified: Notified, sink: Sink, own: Own
) -> None:
    greeting = sink.tone(500, 0.5)
    made = [
        await tringme.ok("call", src=people.LISTENS, greeting=greeting, time="3"),
        await tringme.ok("call", src=people.LISTENS, dest=people.SPEAKS_440, time="3"),
        await tringme.ok("call", src=f"{people.LISTENS},{people.SPEAKS_440}", greeting=greeting, time="3"),
    ]
    for each in made:
        assert await tringme.ok("cancel", id=each) == ""
    for each in made:
        assert "id" in await tringme.failed("cancel", id=each)
    await asyncio.sleep(3.5)  # their time
    assert [call["id"] for call in (await own.ask("GET", "calls"))[1]["calls"] if call["id"][:20] in str(made)] == []


async def test_a_cancel_that_comes_too_late_says_so_and_the_call_goes_on(
    tringme: TringMe, notified: Notified, lab: LabEars, own: Own
) -> None:
    for fields in ({"dest": people.HANGS_UP}, {"greeting": "male:Please leave a message after the tone"}):
        call = await tringme.ok("call", src=people.SPEAKS_440, schedule="1", flag="3", **fields)
        await notified.until(call, "SRCANSWERED")
        assert "id" in await tringme.failed("cancel", id=call)
        await notified.until(call, "COMPLETED")


async def test_a_cancel_of_a_list_names_how_many_have_begun_and_takes_the_others_back(
    tringme: TringMe, notified: Notified, sink: Sink, admin: Admin, account: Account, own: Own
) -> None:
    """The account may have one call at once, so the others of the list wait."""
    await admin.ask("PATCH", f"accounts/{account.name}/limits", {"max_calls": 1})
    try:
        numbers = ",".join(number for number, _ in people.speakers(3))
        operation = await tringme.ok("call", src=numbers, greeting=sink.tone(500, 3.0), flag="3")
        calls = [f"{operation.partition('.of')[0]}.{place}" for place in (1, 2, 3)]

        async def begun() -> list[str]:
            listed = (await own.ask("GET", "calls"))[1]["calls"]
            return [call["id"] for call in listed if call["id"] in calls]

        (first,) = await until(begun, bool, what="the first of the list is placed")
        told = await tringme.failed("cancel", id=operation)
        assert "parameter id " in told and "1 calls have begun" in told and "The other 2 are cancelled" in told
        await notified.until(first, "COMPLETED")
        assert "too late" in await tringme.failed("cancel", id=operation)
        assert await begun() == [first]
    finally:
        await admin.ask("PATCH", f"accounts/{account.name}/limits", {"max_calls": MOST_CALLS})


async def test_a_scheduled_text_arrives_and_a_cancelled_one_does_not(
    tringme: TringMe, texts: LabTexts, ours: str, theirs: str
) -> None:
    kept = await tringme.ok("sms", dest=theirs, msg="kept", schedule="2")
    taken = await tringme.ok("sms", dest=theirs, msg="taken back", schedule="2")
    assert kept and await tringme.ok("cancel", id=taken) == ""
    assert "id" in await tringme.failed("cancel", id=taken)
    await texts.until(theirs)
    assert [text.text for text in await texts.arrived(theirs)] == ["kept"]
