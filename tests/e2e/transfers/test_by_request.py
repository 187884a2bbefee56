"""Transfers by our own API and the command line."""

import secrets

import pytest

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone
from tests.e2e.destinations.test_destinations import Leading, leading
from tests.e2e.transfers.story import TONES, connected, from_now, talk, three
from tests.e2e.transfers.test_by_phone import PREMIUM, told, tree
from tests.support import people
from tests.support.carillon import Command, Own
from tests.support.phone import Phone
from tests.support.scenario import LabEars, call_ended

__all__ = ["leading"]
ANNA, BEN, CLEO, DORA = TONES
ASKS = {"kind": "say", "text": "My name is Carillon."}


async def leg(own: Own, phone: Phone, direction: str = "inbound") -> str:
    """The live leg of a phone's call."""
    _, body = await own.ask("GET", "calls?live=true&limit=50")
    side = "caller" if direction == "inbound" else "callee"
    return next(one["id"] for one in body["calls"] if one["direction"] == direction and one[side] == phone.number)


async def transfer(own: Own, call: str, to: str, **fields: object) -> tuple[int, dict[str, object]]:
    """Ask for a transfer; returns the status and the body."""
    return await own.ask("POST", f"calls/{call}/transfer", json={"to": to, **fields})


async def test_a_program_moves_either_party_with_music_and_parts_it_from_the_other(
    phone: MakePhone, own: Own, carillon: Command
) -> None:
    anna, ben, cleo, dora = await three(phone, 4)
    await connected(anna, ben)
    call = await leg(own, anna)
    status, body = await transfer(own, call, cleo.number, music="ring")
    assert (status, set(body)) == (202, {"task"})
    await cleo.until("CALL_INCOMING")
    assert not (await from_now(anna)).has(BEN, 1.0)
    assert (await transfer(own, call, dora.number))[0] == 409, "it is being transferred already"
    await cleo.command("accept")
    await cleo.until("CALL_ESTABLISHED")
    await ben.closed()
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    printed = await carillon("calls", "transfer", await leg(own, cleo, "outbound"), dora.number)
    assert dora.number in printed
    await dora.pick_up()
    await anna.closed()
    await talk((cleo, CLEO), (dora, DORA), strangers=[ANNA, BEN])
    await dora.hang_up()
    await cleo.closed()
    assert len(await tree(own, anna.number)) == 4
    assert [one["event"] for one in await told(own, call)] == ["call_transferred"]


async def test_who_answers_hears_an_announcement_and_takes_the_call_by_a_key(phone: MakePhone, own: Own) -> None:
    anna, ben, cleo = await three(phone)
    await connected(anna, ben)
    call = await leg(own, anna)
    await transfer(own, call, f"extension:{cleo.number}", announcement=[ASKS], accept="1")
    await cleo.pick_up()
    await audible(cleo, 3.0)
    said = heard_by(cleo)
    assert said.says("my name is") and not said.has(ANNA, 1.0), "the two are not connected yet"
    await cleo.press("1")
    await ben.closed()
    await talk((anna, ANNA), (cleo, CLEO))
    await anna.hang_up()
    await cleo.closed()


@pytest.mark.parametrize("why", ["the key is not pressed", "nobody answers", "it is busy"])
async def test_a_transfer_that_fails_leaves_the_two_as_they_were(phone: MakePhone, own: Own, why: str) -> None:
    anna, ben, cleo = await three(phone)
    await connected(anna, ben)
    call = await leg(own, anna)
    if why == "the key is not pressed":
        short = {"kind": "say", "text": "Press 1."}
        await transfer(own, call, cleo.number, announcement=[short], accept="1", ring_seconds=30)
        await cleo.pick_up()
        await cleo.press("2")
        await cleo.closed(within=40)
    elif why == "nobody answers":
        await transfer(own, call, cleo.number, ring_seconds=2)
        await cleo.closed()
    else:
        await transfer(own, call, people.BUSY)
    await talk((anna, ANNA), (ben, BEN), strangers=[CLEO])
    (event,) = await told(own, call)
    causes = {"the key is not pressed": "rejected", "nobody answers": "no_answer", "it is busy": "busy"}
    assert (event["event"], event["cause"]) == ("transfer_failed", causes[why])
    await ben.hang_up()
    await anna.closed()
    assert all(one["ended"] for one in await tree(own, anna.number))


async def test_a_program_moves_a_party_into_a_room_and_to_a_number(
    phone: MakePhone, leading: Leading, own: Own, lab: LabEars
) -> None:
    anna, ben, cleo = await three(phone)
    name = secrets.token_hex(4)
    await cleo.dial(await leading(f"room:{name}"))
    await connected(anna, ben)
    assert (await transfer(own, await leg(own, ben, "outbound"), f"room:{name}"))[0] == 202
    await anna.closed()
    await talk((ben, BEN), (cleo, CLEO), strangers=[ANNA])
    await ben.hang_up()
    await cleo.hang_up()
    await connected(anna, ben)
    await transfer(own, await leg(own, anna), people.LISTENS)
    await ben.closed()
    await from_now(anna)
    _, body = await own.ask("GET", "calls?live=true&limit=50")
    third = next(one["id"] for one in body["calls"] if one["callee"] == people.LISTENS)
    await anna.hang_up()
    await call_ended(own, third)
    assert (await lab.of(third)).heard.has(ANNA, 0.5)


async def test_a_program_joins_two_parties_with_whom_a_phone_speaks_by_two_calls(
    phone: MakePhone, own: Own, carillon: Command
) -> None:
    anna, ben, cleo = await three(phone)
    await connected(ben, anna)
    await ben.command("hold")
    await connected(ben, cleo)
    await from_now(cleo)
    assert (await from_now(cleo)).has(BEN), "the phone asks first"
    first, second = await leg(own, anna, "outbound"), await leg(own, cleo, "outbound")
    assert (await own.ask("POST", f"calls/{first}/transfer", json={"to_call": second}))[0] == 202
    await ben.closed()
    await ben.closed()
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    (event,) = await told(own, first)
    assert (event["event"], event["attended"], event["call"]) == ("call_transferred", True, second)
    both = {"to": cleo.number, "to_call": second}
    for to, status in (({"to_call": second}, 409), ({"to_call": "call-none"}, 404), ({}, 400), (both, 400)):
        assert (await own.ask("POST", f"calls/{first}/transfer", json=to))[0] == status, to
    await cleo.hang_up()
    await anna.closed()
    await connected(ben, anna)
    await ben.command("hold")
    await connected(ben, cleo)
    moved, other = await leg(own, cleo, "outbound"), await leg(own, anna, "outbound")
    assert other in await carillon("calls", "transfer", moved, "--to-call", other)
    await ben.closed()
    await ben.closed()
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await anna.hang_up()
    await cleo.closed()
    assert all(one["ended"] for one in await tree(own, ben.number))


async def test_what_may_not_be_called_is_refused_before_anybody_is_parted(phone: MakePhone, own: Own) -> None:
    anna, ben, _ = await three(phone)
    await connected(anna, ben)
    call = await leg(own, anna)
    for to, status, code in (
        (PREMIUM, 400, "invalid_setting"),
        ("112", 400, "invalid_setting"),
        ("+442079460000", 403, "number_refused"),
        ("extension:99999", 404, "not_found"),
        ("nowhere:1", 400, "invalid_setting"),
        ("", 400, ""),
    ):
        answered, body = await transfer(own, call, to)
        assert (answered, code in ("", body["code"])) == (status, True), (to, body)
    assert (await transfer(own, "call-unknown", ben.number))[0] == 404
    await talk((anna, ANNA), (ben, BEN))
    await anna.hang_up()
    await ben.closed()
