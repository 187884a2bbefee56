"""From scripts to tasks: what the engine could not do is said to the customer, and never an accident."""

import json
from typing import Any

import pytest

from api.vendors.sinch import call_data
from api.vendors.sinch.script import instructions, plan
from api.vendors.sinch.script.actions import ScriptEvent
from api.vendors.sinch.script.svaml import Svaml
from engine.model.call_data import CallData
from engine.tasks.dial import Dial
from engine.tasks.kinds import AnyTask

DATA = CallData(dialect="sinch", address="http://shop")
PLACE = plan.ScriptLeg(alone=True, dialled="14155550101", data=DATA)


def answer(event: ScriptEvent = ScriptEvent.ICE, **action: Any) -> Svaml:
    found = instructions.read(json.dumps({"action": action}).encode(), event, "US")
    assert isinstance(found, Svaml), found
    return found


def done(event: ScriptEvent = ScriptEvent.ICE, **action: Any) -> tuple[AnyTask, ...]:
    return plan.tasks(answer(event, **action), PLACE)


# «Specifying Call Headers in ICE response», Example: names without X-, which SIP headers of ours need.
def test_call_headers_become_sip_headers() -> None:
    headers = [{"key": "foo", "value": "bar"}, {"key": "x-baz", "value": "qux"}]
    (dial,) = done(name="connectMXP", callHeaders=headers)
    assert isinstance(dial, Dial) and dial.leg.headers == (("X-foo", "bar"), ("x-baz", "qux"))


@pytest.mark.parametrize(("key", "value", "times"), [("a#b", "x", 1), ("k" * 63, "x", 1), ("foo", "v" * 1000, 5)])
def test_call_headers_that_sip_cannot_carry_are_refused(key: str, value: str, times: int) -> None:
    with pytest.raises(plan.CannotBeDone, match="callHeaders"):
        done(name="connectMxp", callHeaders=[{"key": key, "value": value}] * times)


# «headers specified in a `connectMXP` action in the ICE response» (DiCE, callHeaders); `suppressCallbacks`
def test_a_call_carries_from_its_connection_on_what_its_end_tells() -> None:
    said = answer(name="connectMxp", callHeaders=[{"key": "foo", "value": "bar"}])
    assert call_data.call_headers_of(plan.carrying(said, DATA)) == (("foo", "bar"),)
    silent = plan.carrying(answer(name="connectPstn", suppressCallbacks=True), DATA)
    assert (silent.values[call_data.ACE], silent.values[call_data.DICE]) == (call_data.OFF, call_data.OFF)
    assert plan.carrying(answer(name="hangup"), DATA) is DATA
