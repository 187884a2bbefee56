"""One extension, several telephones: by UDP, TCP and TLS, at once."""

import re

import pytest

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import Extension, MakeExtension, MakePhone
from tests.e2e.destinations.test_destinations import leading
from tests.e2e.groups.test_ring_groups import MakeGroup, cancels, group
from tests.e2e.phones.conftest import Beside, MakeLinphone
from tests.faults.test_ring_groups import all_over, rung
from tests.support import audio
from tests.support.carillon import Account, Admin, Own
from tests.support.far_end import assert_hears
from tests.support.linphone import RATE as LINPHONE_RATE
from tests.support.linphone import Linphone
from tests.support.phone import Phone
from tests.support.system import System

__all__ = ["group", "leading"]
CALLER, ANSWERS = 440.0, 820.0
KINDS = {"udp": {}, "tcp": {"transport": "tcp"}, "tls": {"transport": "tls", "srtp": True}}


async def each_calls_the_other(anna: Phone, ben: Phone) -> None:
    """Two telephones, which speak CALLER and ANSWERS, call each other, and each hears the other."""
    for caller, callee in ((anna, ben), (ben, anna)):
        await caller.ring(callee.number)
        await callee.pick_up()
        await caller.until("CALL_ESTABLISHED")
        await audible(callee, 1.5)
        await caller.hang_up()
        await callee.closed()
        assert_hears(heard_by(anna), [ANSWERS], [CALLER])
        assert_hears(heard_by(ben), [CALLER], [ANSWERS])


async def linphone_calls_and_is_called(anna: Phone, ben: Linphone) -> None:
    """The same of a telephone and Linphone."""
    for way in ("out", "in"):
        await (ben.ring(anna.number) if way == "out" else anna.ring(ben.number))
        await (anna if way == "out" else ben).pick_up()
        await (ben.until("established") if way == "out" else anna.until("CALL_ESTABLISHED"))
        await audible(anna, 2.0)
        await ben.hang_up()
        await anna.closed()
        assert_hears(heard_by(anna), [ANSWERS], [CALLER])
        assert_hears(ben.heard(), [CALLER], [ANSWERS])


@pytest.mark.parametrize("kind", KINDS)
async def test_a_phone_calls_and_is_called_by_the_transport_that_it_registered_by(
    phone: MakePhone, beside: Beside, kind: str, own: Own
) -> None:
    anna, idle = await phone(audio.sine(CALLER, 60)), await phone(register=False)
    ben = await beside(idle, audio.sine(ANSWERS, 60), trace=True, **KINDS[kind])
    await each_calls_the_other(anna, ben)
    via = {line.split()[1].rpartition("/")[2].lower() for line in re.findall(r"^Via: \S+", ben.traced(), re.MULTILINE)}
    assert via == {kind}
    if kind == "tls":
        assert ben.traced().count("SRTP is Enabled") == 2, "both calls are encrypted"


async def test_linphone_with_srtp_calls_and_is_called(phone: MakePhone, linphone: MakeLinphone) -> None:
    anna, idle = await phone(audio.sine(CALLER, 60)), await phone(register=False)
    ben = await linphone(idle, audio.sine(ANSWERS, 60, LINPHONE_RATE), transport="tcp", srtp=True)
    await linphone_calls_and_is_called(anna, ben)


async def test_all_phones_of_an_extension_ring_and_one_leg_is_seen(phone: MakePhone, beside: Beside, own: Own) -> None:
    anna, ben = await phone(audio.sine(CALLER, 60)), await phone(trace=True)
    desk = await beside(ben, audio.sine(ANSWERS, 60), transport="tcp")
    mobile = await beside(ben, trace=True, transport="tls", srtp=True)
    await anna.ring(ben.number)
    for each in (ben, mobile):
        await each.until("CALL_INCOMING")
    await desk.pick_up()
    await anna.until("CALL_ESTABLISHED")
    for other in (ben, mobile):
        await other.closed(within=5)
        (cancel,) = set(cancels(other))
        assert re.search(r"^Reason:\s*SIP\s*;\s*cause=200", cancel, re.MULTILINE | re.IGNORECASE), cancel
    await audible(desk, 1.5)
    await anna.press("5")
    await desk.digits(1)
    await anna.hang_up()
    await desk.closed()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])
    assert_hears(heard_by(desk), [CALLER], [ANSWERS])
    caller, callee = sorted(await all_over(own, anna), key=lambda leg: leg["direction"])
    assert (callee["callee"], callee["cause"]) == (ben.number, "normal"), "one leg, whatever rings"
    assert caller["cause"] == "normal"


async def declines(phone: Phone) -> None:
    """Answer 486."""
    await phone.until("CALL_INCOMING")
    await phone.command("hangup")
    await phone.closed()


async def test_one_that_declines_does_not_stop_the_others_and_all_that_do_end_the_call(
    phone: MakePhone, beside: Beside, own: Own
) -> None:
    anna, ben = await phone(audio.sine(CALLER, 60)), await phone()
    desk = await beside(ben, audio.sine(ANSWERS, 60), transport="tcp")
    await anna.ring(ben.number)
    await declines(ben)
    await desk.pick_up()
    await anna.until("CALL_ESTABLISHED")
    await desk.hang_up()
    await anna.closed()
    await anna.ring(ben.number)
    await declines(ben)
    await declines(desk)
    assert "486" in await anna.closed(within=5)
    legs = await all_over(own, anna)
    assert {leg["cause"] for leg in legs} == {"busy"}


async def test_a_caller_who_gives_up_stops_every_phone(phone: MakePhone, beside: Beside, own: Own) -> None:
    anna, ben = await phone(), await phone(trace=True)
    desk = await beside(ben, trace=True, transport="tcp")
    await anna.ring(ben.number)
    for each in (ben, desk):
        await each.until("CALL_INCOMING")
    await anna.command("hangup")
    for each in (ben, desk):
        await each.closed(within=5)
        assert "cause=200" not in cancels(each)[0], "nobody answered it: it is a missed call"
    assert {leg["cause"] for leg in await all_over(own, anna)} == {"cancelled"}


async def test_of_two_that_answer_at_once_one_has_the_call(phone: MakePhone, beside: Beside, own: Own) -> None:
    anna, ben = await phone(audio.sine(CALLER, 60)), await phone(audio.sine(ANSWERS, 60), answer=True)
    desk = await beside(ben, audio.sine(ANSWERS, 60), transport="tcp", answer=True)
    for _ in range(3):
        mark = [len(each.events) for each in (ben, desk)]
        await anna.dial(ben.number)
        await audible(anna, 1.5)
        assert_hears(heard_by(anna), [ANSWERS], [CALLER])
        up = [
            each
            for each, before in zip((ben, desk), mark, strict=True)
            if not [one for one in each.events[before:] if one.get("type") == "CALL_CLOSED"]
        ]
        assert len(up) == 1, "the other one was ended"
        await anna.hang_up()
        await up[0].closed()
        assert {leg["cause"] for leg in await all_over(own, anna)} == {"normal"}


async def test_a_phone_too_many_takes_the_place_of_another(
    phone: MakePhone, beside: Beside, admin: Admin, account: Account, own: Own
) -> None:
    anna, ben = await phone(), await phone()
    await admin.ask("PATCH", f"extensions/{ben.number}/phones", {"account": account.name, "max_contacts": 1})
    desk = await beside(ben, transport="tcp")
    await anna.ring(ben.number)
    await desk.pick_up()
    await anna.until("CALL_ESTABLISHED")
    await anna.hang_up()
    assert (rung(ben), rung(desk)) == (0, 1)


async def test_a_group_rings_all_phones_of_its_members(phone: MakePhone, beside: Beside, group: MakeGroup) -> None:
    anna, ben, cleo = await phone(), await phone(), await phone()
    desk = await beside(ben, audio.sine(ANSWERS, 60), transport="tcp")
    await anna.ring(await group([ben.number, cleo.number]))
    for each in (ben, cleo):
        await each.until("CALL_INCOMING")
    await desk.pick_up()
    await anna.until("CALL_ESTABLISHED")
    for each in (ben, cleo):
        await each.closed(within=5)
    await audible(anna, 1.5)
    await anna.hang_up()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])


async def test_a_password_is_what_was_typed_with_blanks_semicolons_and_letters_of_any_script(
    extension: MakeExtension, phone: MakePhone, system: System
) -> None:
    ben = await phone(answer=True)
    for password in ("two words; and more", 'ä€中 "quoted\\" %41 <x>', "`$(id)` {} , | & # @ ="):
        own = await extension(password=password)
        assert own.password == password
        assert (await own.telephone(system).call(ben.number, seconds=10, hang_up=(200, 0.2))).status == 200
        wrong = Extension(own.number, own.user, password + "x")
        assert (await wrong.telephone(system).call(ben.number, seconds=10)).status == 401
