"""A call that rings at one phone is picked up by another one of the account."""

import re

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone, make_account
from tests.e2e.destinations.test_destinations import ANSWERS, CALLER
from tests.e2e.groups.test_ring_groups import MakeGroup, cancels, group, leading
from tests.support import audio
from tests.support.carillon import Admin, Own
from tests.support.far_end import assert_hears
from tests.support.scenario import call_ended

__all__ = ["group", "leading"]


async def test_a_ringing_call_is_picked_up_by_the_extension_that_rings(phone: MakePhone, own: Own) -> None:
    anna, ben = await phone(audio.sine(CALLER, 60)), await phone(trace=True)
    cleo = await phone(audio.sine(ANSWERS, 60))
    await anna.ring(ben.number)
    await ben.until("CALL_INCOMING")
    await cleo.dial(f"**{ben.number}")
    await anna.until("CALL_ESTABLISHED")
    await ben.closed()
    await audible(anna, 2.0)
    await audible(cleo, 2.0)
    await anna.hang_up()
    await cleo.closed()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])
    assert_hears(heard_by(cleo), [CALLER], [ANSWERS])
    assert re.search(r"cause=(200|26)", cancels(ben)[0]), cancels(ben)[0]
    _, body = await own.ask("GET", "calls?limit=10")
    leg = next(call for call in body["calls"] if call["direction"] == "outbound" and call["callee"] == ben.number)
    seen = await call_ended(own, leg["root"])
    rang, took = seen["legs"]
    assert (rang["callee"], rang["answered"], rang["cause"]) == (ben.number, None, "answered_elsewhere")
    assert (took["caller"], took["cause"], took["hung_up_by"]) == (cleo.number, "normal", "other")
    assert took["answered"] and seen["tasks"][0]["outcome"]["result"]["call"] == took["id"]
    assert f"picked up by {cleo.number}" in str(seen["events"])


async def test_any_ringing_call_is_picked_up_and_a_group_stops_ringing(phone: MakePhone, group: MakeGroup) -> None:
    anna, ben, dora = await phone(audio.sine(CALLER, 60)), await phone(), await phone()
    cleo = await phone(audio.sine(ANSWERS, 60))
    await anna.ring(await group([ben.number, dora.number]))
    await ben.until("CALL_INCOMING")
    await dora.until("CALL_INCOMING")
    await cleo.dial("*8")
    await anna.until("CALL_ESTABLISHED")
    await ben.closed()
    await dora.closed()
    await audible(anna, 1.5)
    await cleo.hang_up()
    await anna.closed()
    assert_hears(heard_by(anna), [ANSWERS], [CALLER])


async def test_nothing_is_picked_up_where_nothing_rings_or_in_another_account(
    phone: MakePhone, admin: Admin
) -> None:
    anna, ben = await phone(), await phone()
    stranger = await phone(account=make_account(admin).name, number="101")
    await stranger.ring("*8")
    assert "480" in await stranger.closed()
    await anna.ring(ben.number)
    await ben.until("CALL_INCOMING")
    for code in ("*8", f"**{ben.number}"):
        await stranger.ring(code)
        assert "480" in await stranger.closed()
    await anna.command("hangup")
    await ben.closed()
