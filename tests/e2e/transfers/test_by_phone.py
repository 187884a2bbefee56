"""Blind transfers that phones ask for by REFER (RFC 3515): real phones, and what each of them hears."""

import secrets

import pytest

from tests.e2e.calls.test_inbound import heard_by
from tests.e2e.conftest import MakeExtension, MakeNumber, MakePhone
from tests.e2e.destinations.test_destinations import Leading, leading
from tests.e2e.transfers.story import (
    TONES,
    connected,
    from_now,
    hears,
    notified,
    on_the_phone,
    refer,
    sipfrags,
    talk,
    three,
)
from tests.support import people
from tests.support.carillon import Own
from tests.support.phone import Phone
from tests.support.scenario import LabEars, call_ended, until
from tests.support.system import System

__all__ = ["leading"]
ANNA, BEN, CLEO, _ = TONES
PREMIUM = "19005550100"
"""A premium number: never allowed without a prefix of its own (engine.features.accounts.high_risk)."""


async def tree(own: Own, caller: str) -> list[dict[str, object]]:
    """The legs of the newest call of a phone, once all have ended."""

    async def legs() -> list[dict[str, object]]:
        _, body = await own.ask("GET", "calls?limit=50")
        root = next(one for one in body["calls"] if one["direction"] == "inbound" and one["caller"] == caller)
        return [one for one in body["calls"] if one["root"] == root["id"]]

    return await until(legs, lambda found: all(one["ended"] for one in found), what="every leg has ended")


async def told(own: Own, call: object) -> list[dict[str, object]]:
    """The events of a call that say how its transfers ended."""
    _, timeline = await own.ask("GET", f"calls/{call}/timeline")
    return [one for one in timeline["events"] if "transfer" in str(one["event"])]


@pytest.mark.parametrize("who", ["callee", "caller"])
async def test_either_side_transfers_the_other_to_an_extension(
    phone: MakePhone, own: Own, system: System, who: str
) -> None:
    anna, ben, cleo = await three(phone)
    await connected(*((anna, ben) if who == "callee" else (ben, anna)))
    await talk((anna, ANNA), (ben, BEN))
    await refer(ben, cleo.number, system)
    ringing = await cleo.pick_up()
    assert anna.number in ringing["peeruri"], "the phone shows who is connected, not who transfers"
    await ben.closed()
    assert sipfrags(ben) == ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await cleo.hang_up()
    await anna.closed()
    legs = await tree(own, anna.number if who == "callee" else ben.number)
    assert len(legs) == 3, "the legs are one call tree"
    inbound = "inbound" if who == "callee" else "outbound"
    party = next(one for one in legs if one["direction"] == inbound and one["callee"] != cleo.number)
    (event,) = await told(own, party["id"])
    assert (event["event"], event["to"], event["attended"]) == ("call_transferred", cleo.number, False)


async def test_a_party_by_a_trunk_is_transferred_to_a_number_by_a_trunk(
    phone: MakePhone, own: Own, lab: LabEars, system: System
) -> None:
    anna, *_ = await three(phone, 1)
    await anna.dial(people.SPEAKS_440)
    assert (await from_now(anna)).has(440)
    await refer(anna, people.LISTENS, system)
    await anna.closed()
    assert sipfrags(anna) == ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]
    _, body = await own.ask("GET", "calls?live=true&limit=20")
    third = next(one for one in body["calls"] if one["callee"] == people.LISTENS)
    await until(lambda: own.call(third["id"]), lambda seen: seen["seconds"] > 2, what="the two talk")
    await own.ask("DELETE", f"calls/{third['id']}")
    await call_ended(own, third["id"])
    assert (await lab.of(third["id"])).heard.has(440, 1.0), "who was called by a trunk hears who is by a trunk"


async def test_a_party_is_transferred_to_a_room_and_to_an_application(
    phone: MakePhone, leading: Leading, own: Own, system: System
) -> None:
    anna, ben, cleo = await three(phone)
    room = await leading(f"room:{secrets.token_hex(4)}")
    await cleo.dial(room)
    await connected(anna, ben)
    await refer(ben, room, system)
    await ben.closed()
    assert sipfrags(ben)[-1] == "SIP/2.0 200 OK"
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await anna.hang_up()
    await cleo.hang_up()
    says = await leading({"tasks": [{"kind": "say", "text": "My name is Carillon."}, {"kind": "hang_up"}]})
    await connected(anna, ben)
    await refer(ben, says, system)
    await ben.closed()
    await anna.closed()
    assert heard_by(anna).says("my name is")


@pytest.mark.parametrize("why", ["declines", "is not there", "premium", "not allowed", "a code", "nonsense"])
async def test_a_transfer_that_fails_gives_the_call_back(
    phone: MakePhone, extension: MakeExtension, own: Own, system: System, why: str
) -> None:
    """The transferor is a telephone of the test's own: baresip 1.0 hangs up by itself where a transfer fails."""
    anna, cleo = await three(phone, 2)
    ben = await extension()
    target = {
        "declines": cleo.number, "is not there": people.DOES_NOT_EXIST, "premium": PREMIUM,
        "not allowed": "442079460000", "a code": "*97", "nonsense": "nobody",
    }[why]  # fmt: skip
    async with on_the_phone(ben.telephone(system), anna, CLEO) as line:
        assert (await from_now(anna)).has(CLEO)
        line.ask("REFER", ("Refer-To", f"<sip:{target}@{system.sip}>"), ("Referred-By", f"<sip:{ben.user}@x.example>"))
        if why == "declines":
            await cleo.until("CALL_INCOMING")
            await from_now(anna)
            assert not (await from_now(anna)).has(CLEO, 1.0), "the party hears music meanwhile"
            await cleo.command("hangup")
        final = await until(lambda: notified(line), lambda seen: len(seen) > 1, what="the phone is told")
        assert line.result.answers == [("REFER", 202)]
        assert final == ["100", "503" if why == "declines" else "603"]
        await from_now(anna)
        assert (await from_now(anna)).has(CLEO), "the party hears the transferor again"
        assert hears(line, ANNA), "and the other way round"
    legs = await tree(own, ben.number)
    party = next(one for one in legs if one["direction"] == "outbound" and one["callee"] == anna.number)
    (event,) = await told(own, party["id"])
    assert event["event"] == "transfer_failed" and event["to"] == target
    if why in ("premium", "not allowed"):
        assert event["cause"] == "not_allowed" and len(legs) == 2, "no leg was placed"


async def rung_back(anna: Phone, ben: Phone, cleo: Phone, system: System) -> None:
    """Ben has transferred Anna to Cleo and hung up, Cleo declines, and Ben's phone rings."""
    await connected(anna, ben)
    await refer(ben, cleo.number, system)
    await cleo.until("CALL_INCOMING")
    await ben.hang_up()
    assert not (await from_now(anna)).has(BEN)
    await cleo.command("hangup")
    ringing = await ben.until("CALL_INCOMING")
    assert anna.number in ringing["peeruri"], "the phone shows the party"


async def test_a_transferor_that_has_hung_up_is_rung_back_and_connected_again(
    phone: MakePhone, own: Own, system: System
) -> None:
    anna, ben, cleo = await three(phone)
    await rung_back(anna, ben, cleo, system)
    await ben.command("accept")
    await ben.until("CALL_ESTABLISHED")
    await talk((anna, ANNA), (ben, BEN), strangers=[CLEO])
    await ben.hang_up()
    await anna.closed()
    assert len(await tree(own, anna.number)) == 4, "the legs are one call tree"


async def test_a_party_whose_transferor_does_not_take_the_call_back_hears_that_it_could_not_be_transferred(
    phone: MakePhone, own: Own, system: System
) -> None:
    anna, ben, cleo = await three(phone)
    await rung_back(anna, ben, cleo, system)
    await ben.command("hangup")
    await anna.closed()
    assert heard_by(anna).says("could not be transferred")
    assert all(leg["ended"] for leg in await tree(own, anna.number))


async def test_a_transferor_that_hangs_up_at_once_has_transferred_all_the_same(
    phone: MakePhone, system: System
) -> None:
    anna, ben, cleo = await three(phone)
    await connected(anna, ben)
    await ben.command("transfer", f"sip:{cleo.number}@{system.sip}")
    await ben.command("hangup")
    await cleo.pick_up()
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await anna.hang_up()
    await cleo.closed()


async def test_a_phone_whose_call_is_with_nobody_is_declined(
    phone: MakePhone, number: MakeNumber, system: System
) -> None:
    anna, ben, _ = await three(phone)
    await anna.dial(await number(tasks=[{"kind": "answer"}, {"kind": "pause", "seconds": 20}]))
    await refer(anna, ben.number, system)
    await anna.until("TRANSFER_FAILED")
    assert sipfrags(anna)[-1] == "SIP/2.0 603 Decline"
