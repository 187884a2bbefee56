"""What an extension says of its digits, codecs, outside caller and recordings, on the wire and in what is kept."""

from typing import Any

from tests.e2e.calls.test_inbound import audible
from tests.e2e.conftest import MakeCarrier, MakePhone, RecordingOf
from tests.e2e.destinations.test_destinations import ANSWERS, CALLER, Leading, leading
from tests.support import audio, people
from tests.support.carillon import Account, Admin, Own
from tests.support.far_end import assert_hears
from tests.support.phone import Phone
from tests.support.scenario import Carrier, until

__all__ = ["leading"]
SHOWN = "14155550187"


async def says(admin: Admin, account: Account, phone: Phone, **settings: str) -> None:
    """Change what an extension says."""
    await admin.ask("PATCH", f"extensions/{phone.number}/phones", {"account": account.name, **settings})


async def invite_of(far: Carrier, phone: Phone) -> str:
    """The From that a carrier sees of a phone's call, which it refuses."""
    async with far.answers("uas_reject", keys={"code": "486"}) as line:
        await phone.ring(far.number())
        assert "486" in await phone.closed()
        return (await line.done()).header("INVITE", "From")


async def leg_to(own: Own, callee: str, caller: str) -> dict[str, Any]:
    """The leg of a phone's newest call to a number or an extension, once it has ended."""

    async def look() -> list[dict[str, Any]]:
        _, body = await own.ask("GET", "calls?limit=50")
        legs = [each for each in body["calls"] if (each["callee"], each["direction"]) == (callee, "outbound")]
        of_caller = {each["id"] for each in body["calls"] if each["caller"] == caller}
        return [leg for leg in legs if leg["root"] in of_caller]

    legs = await until(look, lambda seen: bool(seen) and seen[0]["state"] == "ended", what=f"the leg to {callee} ends")
    return dict(legs[0])


async def recorded(own: Own, leg: dict[str, Any]) -> list[dict[str, Any]]:
    """The recordings of a leg, once each of them is written."""

    async def look() -> list[dict[str, Any]]:
        _, body = await own.ask("GET", "recordings?limit=500")
        return [each for each in body["recordings"] if each["owner"] == leg["id"]]

    return list(await until(look, lambda seen: all(each["bytes"] for each in seen), what="the recordings are written"))


async def test_a_carrier_sees_the_number_that_the_extension_shows_while_the_account_has_it(
    phone: MakePhone, carrier: MakeCarrier, admin: Admin, account: Account
) -> None:
    anna, ben, far = await phone(), await phone(), await carrier()
    await admin.ask("POST", f"accounts/{account.name}/callers", {"number": SHOWN})
    try:
        await says(admin, account, anna, outbound_caller=f"+{SHOWN}")
        assert SHOWN in await invite_of(far, anna)
        await anna.ring(ben.number)
        assert anna.number in (await ben.pick_up())["peeruri"], "inside it shows its own digits"
        await anna.hang_up()
    finally:
        await admin.ask("POST", f"accounts/{account.name}/callers", {"number": SHOWN, "verified": False})
    assert SHOWN not in await invite_of(far, anna)


async def test_a_phone_is_offered_its_codecs_in_their_order_and_no_event_where_digits_are_tones(
    phone: MakePhone, admin: Admin, account: Account
) -> None:
    anna, ben = await phone(), await phone(trace=True)
    await says(admin, account, ben, codecs="g722,ulaw", dtmf="inband")
    await anna.ring(ben.number)
    await ben.pick_up()
    await anna.hang_up()
    offered = ben.offered()
    assert offered[0].split()[3:] == ["9", "0"], offered
    assert not [line for line in offered if "telephone-event" in line]


async def test_an_extension_s_calls_with_numbers_outside_are_recorded_and_others_are_not(
    phone: MakePhone, admin: Admin, account: Account, own: Own, recording_of: RecordingOf
) -> None:
    (number, hz), *_ = people.speakers(1, first=8)
    anna, ben = await phone(audio.sine(CALLER, 60)), await phone(audio.sine(ANSWERS, 60), answer=True)
    await says(admin, account, anna, record_external="out")
    await anna.dial(number)
    await audible(anna, 3.0)
    await anna.hang_up()
    leg = await leg_to(own, number, anna.number)
    (row,) = await recorded(own, leg)
    assert row["seconds"] > 2
    assert_hears(await recording_of(leg["id"], told=False), [CALLER, hz], [])
    await anna.dial(ben.number)
    await audible(anna, 1.0)
    await anna.hang_up()
    assert await recorded(own, await leg_to(own, ben.number, anna.number)) == []


async def test_an_extension_s_calls_inside_are_recorded_by_whichever_end_says_so(
    phone: MakePhone, admin: Admin, account: Account, own: Own, recording_of: RecordingOf
) -> None:
    anna = await phone(audio.sine(CALLER, 60), answer=True)
    ben = await phone(audio.sine(ANSWERS, 60), answer=True)
    await says(admin, account, ben, record_internal="in", record_external="in")
    await anna.dial(ben.number)
    await ben.until("CALL_ESTABLISHED")
    await audible(anna, 3.0)
    await anna.hang_up()
    await ben.closed()
    leg = await leg_to(own, ben.number, anna.number)
    assert len(await recorded(own, leg)) == 1
    assert_hears(await recording_of(leg["id"], told=False), [CALLER, ANSWERS], [])
    await ben.dial(anna.number)
    await audible(ben, 1.0)
    await ben.hang_up()
    assert await recorded(own, await leg_to(own, anna.number, ben.number)) == []


async def test_a_call_from_outside_that_an_extension_takes_is_recorded_from_its_answer_on(
    phone: MakePhone, leading: Leading, carrier: MakeCarrier, admin: Admin, account: Account, own: Own
) -> None:
    ben, far = await phone(audio.sine(ANSWERS, 60)), await carrier()
    await says(admin, account, ben, record_external="in")
    dialled = await leading(f"extension:{ben.number}")
    async with far.calls(own.system, "uac_hang_up", dialled, keys={"caller": "12015550199"}) as line:
        await ben.pick_up()
        await ben.closed()
        await line.done()
    (row,) = await recorded(own, await leg_to(own, ben.number, "12015550199"))
    assert row["seconds"] is not None and row["error"] is None
