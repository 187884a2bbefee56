"""The registry: a root's legs are found without a look at every other call."""

from typing import Any

from engine.calls.registry import Registry
from engine.events import CallEnded
from engine.model.call import Call, CallState, Direction
from engine.tasks.dial import Dial
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange


class Leg:
    """As much of a session as the registry looks at; it counts the looks."""

    def __init__(self, id: str, root: str, created: float = 0.0) -> None:
        self.looks = 0
        self._call = Call(
            id=id, root=root, account=ACCOUNT, direction=Direction.OUTBOUND, caller="", callee="1",
            state=CallState.ANSWERED, created=created,
        )  # fmt: skip

    @property
    def call(self) -> Call:
        self.looks += 1
        return self._call


def test_the_legs_of_a_root_are_found_in_order_and_other_calls_are_not_looked_at() -> None:
    registry = Registry()
    others: list[Any] = [Leg(f"call-{number}", f"call-{number}") for number in range(50)]
    legs: list[Any] = [Leg("leg-b", "root", 3.0), Leg("leg-a", "root", 2.0), Leg("root", "root", 9.0)]
    for one in (*others[:25], *legs, *others[25:]):
        registry.add(one)
    looks = [one.looks for one in others]
    assert registry.legs("root") == (legs[2], legs[1], legs[0])
    assert [one.looks for one in others] == looks
    assert registry.legs("nobody") == ()


async def test_a_leg_that_ended_is_none_of_its_root_s_any_more(exchange: Exchange, asterisk: FakeAri) -> None:
    one = await exchange.call(Dial(to="2"))
    await asterisk.asked("POST", "/channels/*/dial", 2)
    registry = exchange.engine.registry
    root, other = registry.legs(one.id)
    assert root.call.id == one.id != other.call.id
    asterisk.hangs_up(one.id)
    await exchange.event(CallEnded, times=2)
    await settled()
    assert registry.legs(one.id) == ()
