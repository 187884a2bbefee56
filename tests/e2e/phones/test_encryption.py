"""An extension whose phones must encrypt (SRTP, RFC 4568): RTP/SAVP both ways, and no call without it."""

import re

import pytest

from tests.e2e.conftest import MakePhone
from tests.e2e.phones.conftest import Beside, MakeLinphone
from tests.e2e.phones.test_several_phones import ANSWERS, CALLER, each_calls_the_other, linphone_calls_and_is_called
from tests.faults.test_ring_groups import all_over
from tests.support import audio
from tests.support.carillon import Account, Admin, Own
from tests.support.linphone import RATE as LINPHONE_RATE


async def _require(admin: Admin, account: Account, number: str) -> None:
    changed = await admin.ask("PATCH", f"extensions/{number}/phones", {"account": account.name, "srtp": "required"})
    assert changed["srtp"] == "required"


async def test_a_phone_that_insists_on_rtp_savp_calls_and_is_called(
    phone: MakePhone, beside: Beside, admin: Admin, account: Account
) -> None:
    anna, idle = await phone(audio.sine(CALLER, 60)), await phone(register=False)
    await _require(admin, account, idle.number)
    ben = await beside(idle, audio.sine(ANSWERS, 60), trace=True, transport="tls", srtp="required")
    await each_calls_the_other(anna, ben)
    profiles = re.findall(r"^m=audio \d+ (\S+)", ben.traced(), re.MULTILINE)
    assert len(profiles) >= 4 and set(profiles) == {"RTP/SAVP"}, "offers and answers of both"


async def test_linphone_whose_encryption_is_mandatory_calls_and_is_called(
    phone: MakePhone, linphone: MakeLinphone, admin: Admin, account: Account
) -> None:
    anna, idle = await phone(audio.sine(CALLER, 60)), await phone(register=False)
    await _require(admin, account, idle.number)
    ben = await linphone(idle, audio.sine(ANSWERS, 60, LINPHONE_RATE), transport="tcp", srtp="required")
    await linphone_calls_and_is_called(anna, ben)


@pytest.mark.parametrize("way", ["out", "in"])
async def test_a_phone_without_encryption_has_no_calls(
    way: str, phone: MakePhone, beside: Beside, admin: Admin, account: Account, own: Own
) -> None:
    anna, idle = await phone(trace=True), await phone(register=False)
    await _require(admin, account, idle.number)
    ben = await beside(idle, trace=True)
    caller, callee = (ben, anna) if way == "out" else (anna, ben)
    await caller.ring(callee.number)
    assert "488" in await caller.closed(within=5) if way == "out" else await caller.closed(within=5)
    if way == "in":
        assert {leg["cause"] for leg in await all_over(own, anna)} == {"not_acceptable"}
        assert "RTP/SAVP" in ben.traced() and "488" in ben.traced()
    assert not [event for event in callee.events if event.get("type") == "CALL_ESTABLISHED"]
