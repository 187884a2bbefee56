"""From scripts to tasks: what the engine could not do is said to the customer, and never an accident."""

import json
from typing import Any

import pytest

from api.callbacks.tags import Tag
from api.vendors.sinch import tags
from api.vendors.sinch.script import instructions, plan
from api.vendors.sinch.script.actions import ScriptEvent
from api.vendors.sinch.script.svaml import Svaml
from engine.tasks.dial import Dial
from engine.tasks.kinds import AnyTask

TAG = Tag(dialect="sinch", url="http://shop")
PLACE = plan.ScriptLeg(alone=True, dialled="14155550101", tag=TAG)


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
    assert tags.call_headers_of(plan.carried(said, TAG)) == (("foo", "bar"),)
    silent = plan.carried(answer(name="connectPstn", suppressCallbacks=True), TAG)
    assert (silent.data[tags.ACE], silent.data[tags.DICE]) == (tags.OFF, tags.OFF)
    assert plan.carried(answer(name="hangup"), TAG) == TAG
