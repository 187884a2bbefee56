"""kill -9 of the controller while an extension rings at three phones: one end each, and no channel is left."""

import pytest

from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone
from tests.e2e.phones.conftest import Beside, beside
from tests.faults.conftest import kill_the_controller
from tests.faults.test_ring_groups import all_over, rung
from tests.support import audio
from tests.support.carillon import Own
from tests.support.far_end import assert_hears
from tests.support.scenario import until
from tests.support.system import System

__all__ = ["beside"]
CALLER, ANSWERS = 440.0, 820.0


async def channels_of(system: System, call: str) -> list[str]:
    """The channels of a leg that Asterisk has."""
    return [one["id"] for one in await system.ari("channels") if one["id"].startswith(call)]


@pytest.mark.parametrize("answers", [0, 2, None])
async def test_an_extension_rings_on_at_all_phones(
    phone: MakePhone, beside: Beside, own: Own, system: System, answers: int | None
) -> None:
    anna, ben = await phone(audio.sine(CALLER, 90)), await phone(audio.sine(ANSWERS, 90))
    desk = await beside(ben, transport="tcp")
    mobile = await beside(ben, audio.sine(ANSWERS, 90), transport="tls", srtp=True)
    phones = [ben, desk, mobile]
    await anna.ring(ben.number)
    for each in phones:
        await each.until("CALL_INCOMING")
    await desk.command("hangup")
    await desk.closed()
    await kill_the_controller(system)
    if answers is None:
        await anna.command("hangup")
    else:
        await phones[answers].command("accept")
        await phones[answers].until("CALL_ESTABLISHED")
        await anna.until("CALL_ESTABLISHED")
        await audible(phones[answers], 2.0)
    for other in (one for one in (ben, mobile) if answers is None or one is not phones[answers]):
        await other.closed(within=10)
    if answers is not None:
        await anna.hang_up()
        await phones[answers].closed()
        assert_hears(heard_by(anna), [ANSWERS], [CALLER])
        assert_hears(heard_by(phones[answers]), [CALLER], [ANSWERS])
    assert [rung(each) for each in phones] == [1, 1, 1]
    legs = await all_over(own, anna)
    assert len(legs) == 2
    assert {leg["cause"] for leg in legs} == {"cancelled" if answers is None else "normal"}
    (leg,) = (one["id"] for one in legs if one["id"] != one["root"])
    await until(lambda: channels_of(system, leg), lambda left: not left, what="no channel is left")
