"""Attended transfers by phones: a REFER whose Refer-To names another call of the same phone (RFC 5589 section 7)."""

import secrets

from tests.e2e.conftest import MakeExtension, MakePhone, make_account
from tests.e2e.destinations.test_destinations import Leading, leading
from tests.e2e.transfers.story import (
    TONES,
    connected,
    dialog,
    from_now,
    hears,
    notified,
    on_the_phone,
    refer,
    sipfrags,
    talk,
    three,
)
from tests.e2e.transfers.test_by_phone import told, tree
from tests.support.carillon import Account, Admin, Own
from tests.support.scenario import until
from tests.support.sip_caller import SipCaller
from tests.support.system import System

__all__ = ["leading"]
ANNA, BEN, CLEO, DORA = TONES


def named(line: SipCaller) -> str:
    """A telephone's call, as another phone that would take it names it in Refer-To."""
    own, other = line.result.tags
    return f"{line.result.call_id.replace('@', '%40')}%3Bto-tag%3D{other}%3Bfrom-tag%3D{own}"


async def test_a_phone_with_two_calls_joins_the_two_parties_and_leaves(
    phone: MakePhone, own: Own, system: System
) -> None:
    anna, ben, cleo = await three(phone)
    await connected(ben, anna)
    await ben.command("hold")
    await connected(ben, cleo)
    await from_now(cleo)
    assert (await from_now(cleo)).has(BEN), "the phone asks first"
    await refer(ben, anna.number, system, dialog(ben, anna.number))
    await ben.closed()
    await ben.closed()
    assert sipfrags(ben)[-1] == "SIP/2.0 200 OK"
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await cleo.hang_up()
    await anna.closed()
    legs = await tree(own, ben.number)
    (event,) = await told(own, next(one["id"] for one in legs if one["direction"] == "outbound"))
    assert (event["event"], event["attended"]) == ("call_transferred", True)


async def test_a_phone_lets_its_party_into_the_room_that_it_is_in(
    phone: MakePhone, leading: Leading, system: System
) -> None:
    anna, ben, cleo = await three(phone)
    room = await leading(f"room:{secrets.token_hex(4)}")
    await cleo.dial(room)
    await ben.dial(room)
    await talk((ben, BEN), (cleo, CLEO))
    await ben.command("hold")
    await connected(ben, anna)
    await refer(ben, room, system, dialog(ben, room))
    await ben.closed()
    await ben.closed()
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await anna.hang_up()
    await cleo.hang_up()


async def test_a_phone_that_does_not_wait_for_the_answer_has_whom_it_called_rung_for_its_party(
    phone: MakePhone, own: Own, system: System
) -> None:
    anna, ben, cleo = await three(phone)
    await connected(ben, anna)
    await ben.command("hold")
    await ben.ring(cleo.number)
    await cleo.until("CALL_INCOMING")
    await ben.until("CALL_RINGING")
    await ben.command("line", "1")
    await refer(ben, cleo.number, system, dialog(ben, cleo.number))
    await cleo.closed()
    await cleo.pick_up()
    await ben.closed()
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await anna.hang_up()
    await cleo.closed()
    assert all(one["ended"] for one in await tree(own, ben.number))


async def test_nobody_takes_another_phones_call_by_a_refer(
    admin: Admin, account: Account, phone: MakePhone, extension: MakeExtension, own: Own, system: System
) -> None:
    """A stranger of the same account or of another one that knows Call-ID and tags is declined."""
    anna, *_ = await three(phone, 1)
    victim = await extension()
    async with on_the_phone(victim.telephone(system), anna, BEN) as theirs:
        for owner in (account.name, make_account(admin).name):
            thief = await extension(account=owner)
            accomplice = await phone(account=owner)
            async with on_the_phone(thief.telephone(system), accomplice, DORA) as line:
                line.ask("REFER", ("Refer-To", f"<sip:{anna.number}@{system.sip}?Replaces={named(theirs)}>"))
                final = await until(lambda line=line: notified(line), lambda seen: "603" in seen, what="it is declined")
                assert final.count("200") == 0
        await from_now(anna)
        assert (await from_now(anna)).has(BEN) and hears(theirs, ANNA), "the call goes on as it was"
