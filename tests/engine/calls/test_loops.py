"""Calls that a carrier brings back to us."""

import asyncio
from itertools import count

import pytest

from engine.calls.directory import Answering
from engine.events import CallEnded
from engine.model.call import Direction
from engine.store import calls
from engine.tasks.dial import Dial
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

_channels = count()
N, M = "12015552001", "12015552002"
CALLER = "14155550100"


def leads(exchange: Exchange, number: str, to: str) -> None:
    exchange.directory.numbers[number] = Answering(account=ACCOUNT, tasks=(Dial(to=to),))


async def comes_in(exchange: Exchange, asterisk: FakeAri, number: str, caller: str = CALLER) -> None:
    """A carrier brings a call to a number."""
    channel = f"in-{next(_channels)}"
    asterisk.incoming(channel, ["inbound", number], number=caller, name=f"PJSIP/trunk-lab-{channel}")
    await settled()


async def legs_to(exchange: Exchange, number: str, direction: Direction) -> list[str]:
    found = await exchange.database.read(lambda conn: calls.list(conn, account=ACCOUNT, limit=100))
    return [call.id for call in reversed(found) if call.callee == number and call.direction is direction]


async def test_a_number_that_dials_itself_ends_with_its_second_round(exchange: Exchange, asterisk: FakeAri) -> None:
    leads(exchange, N, N)
    await comes_in(exchange, asterisk, N)
    await asterisk.asked("POST", "/channels/*/dial", 1)
    await comes_in(exchange, asterisk, N)
    ended = [await exchange.event(CallEnded, times=times) for times in (1, 2, 3)]
    assert {one.cause for one in ended} == {"loop"}
    assert len(await legs_to(exchange, N, Direction.OUTBOUND)) == 1, "one leg went out, and no second one"
    assert asterisk.world.channels == {}


async def test_two_numbers_that_dial_each_other_end_when_the_first_comes_again(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    leads(exchange, N, M)
    leads(exchange, M, N)
    await comes_in(exchange, asterisk, N)
    await comes_in(exchange, asterisk, M)
    await comes_in(exchange, asterisk, N)
    ended = [await exchange.event(CallEnded, times=times) for times in (1, 2, 3)]
    assert {one.cause for one in ended} == {"loop"}
    assert (
        len(await legs_to(exchange, M, Direction.OUTBOUND)) == len(await legs_to(exchange, N, Direction.OUTBOUND)) == 1
    )


async def test_a_call_from_one_of_our_numbers_to_another_by_a_carrier_is_no_loop(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    leads(exchange, N, M)
    leads(exchange, M, "442079460000")
    await comes_in(exchange, asterisk, N)
    await comes_in(exchange, asterisk, M)
    assert exchange.told_of(CallEnded) == []
    assert len(await legs_to(exchange, "442079460000", Direction.OUTBOUND)) == 1


async def test_another_caller_of_the_same_number_is_no_loop(exchange: Exchange, asterisk: FakeAri) -> None:
    leads(exchange, N, N)
    await comes_in(exchange, asterisk, N)
    await comes_in(exchange, asterisk, N, caller="442079460001")
    assert exchange.told_of(CallEnded) == []


async def test_a_carrier_that_shows_other_callers_loops_three_times_at_most(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    leads(exchange, N, N)
    for number in range(4):
        await comes_in(exchange, asterisk, N, caller=f"4420794600{number}0")
    assert (await exchange.event(CallEnded)).cause == "loop"
    assert len(await legs_to(exchange, N, Direction.OUTBOUND)) == 3


@pytest.mark.parametrize("shown", ["+14155550100", "4155550100", "0014155550100", "anonymous", ""])
async def test_a_caller_is_known_in_any_spelling_and_one_that_is_withheld_may_be_any(
    exchange: Exchange, asterisk: FakeAri, shown: str
) -> None:
    leads(exchange, N, N)
    await comes_in(exchange, asterisk, N)
    await comes_in(exchange, asterisk, N, caller=shown)
    assert (await exchange.event(CallEnded)).cause == "loop"


async def test_a_number_can_be_called_again_after_a_loop(exchange: Exchange, asterisk: FakeAri) -> None:
    leads(exchange, N, N)
    for _ in range(2):
        before = len(exchange.told_of(CallEnded))
        await comes_in(exchange, asterisk, N)
        assert len(exchange.told_of(CallEnded)) == before
        await comes_in(exchange, asterisk, N)
        await exchange.event(CallEnded, times=before + 3)
    await asyncio.sleep(1)
    assert len(exchange.engine.registry) == 0


async def test_a_forward_to_a_number_that_a_carrier_forwards_back_ends_after_five_rounds(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    outside = "442079460000"
    leads(exchange, N, outside)
    for _ in range(6):
        await comes_in(exchange, asterisk, N)
    ended = [await exchange.event(CallEnded, times=times) for times in (1, 2)]
    assert {one.cause for one in ended} == {"loop"}, "the sixth leg and the call that it was for"
    assert len([one for one in asterisk.requests if one.path.endswith("/dial")]) == 5


async def test_callers_that_are_not_known_and_others_are_not_compared(exchange: Exchange, asterisk: FakeAri) -> None:
    leads(exchange, N, "442079460000")
    for caller in ("", "", "", "", "", "", "14155550101", "14155550102"):
        await comes_in(exchange, asterisk, N, caller)
    assert exchange.told_of(CallEnded) == []
