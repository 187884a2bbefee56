"""The lab's carriers that carry no call or not each one, and who is tried behind them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.e2e.conftest import MakeNumber, RecordingOf
from tests.support import people
from tests.support.carillon import Admin, Own
from tests.support.carrier_calls import CarrierCalls
from tests.support.lab_carriers import Connected, LabCarriers
from tests.support.routes import WITHIN, routes_of, seconds_to_the_second
from tests.support.scenario import LabEars, until
from tests.support.sink import Sink

BEHIND = "domain"
"""The carrier that is tried second."""
OFFLINE_WITHIN = 30.0  # seconds: an interval of OPTIONS, the time for its answer, and how often we look

CallsBy = Callable[[Connected], CarrierCalls]

pytestmark = pytest.mark.xdist_group(f"carrier-{BEHIND}")


@pytest.fixture
def calls_by(sink: Sink, own: Own, lab: LabEars, number: MakeNumber, recording_of: RecordingOf) -> CallsBy:
    """Calls by a trunk."""
    return lambda trunk: CarrierCalls(trunk, sink, own, lab, number, recording_of)


@asynccontextmanager
async def two(carriers: LabCarriers, first: str, *more: str) -> AsyncIterator[tuple[Connected, Connected]]:
    """A trunk to a carrier, and one that is tried behind it."""
    async with (
        carriers.connected(BEHIND, "--priority", "2") as behind,
        carriers.connected(first, "--priority", "1", *more, prefix=behind.prefix) as trunk,
    ):
        yield trunk, behind


async def test_a_call_that_a_carrier_redirects_ends_and_is_followed_by_nobody(
    carriers: LabCarriers, calls_by: CallsBy
) -> None:
    async with two(carriers, "moved") as (moved, _):
        ended = await calls_by(moved).placed(people.SPEAKS_440, [{"kind": "pause", "seconds": 30}])
    assert (ended["cause"], ended["sip_status"], ended["answered"]) == ("redirected", 302, None), ended
    assert routes_of(ended) == [(moved.trunk, "dialled")]


async def test_a_carrier_that_is_full_is_passed_over_and_who_is_busy_is_asked_once(
    carriers: LabCarriers, calls_by: CallsBy
) -> None:
    async with two(carriers, "full") as (full, behind):
        ended = await calls_by(behind).placed(people.BUSY, [])
    assert (ended["trunk"], ended["cause"], ended["sip_status"]) == (behind.trunk, "busy", 486), ended
    assert routes_of(ended) == [(full.trunk, "dialled"), (full.trunk, "congestion"), (behind.trunk, "dialled")]


async def test_of_two_carriers_the_second_is_not_asked_for_who_is_busy(
    carriers: LabCarriers, calls_by: CallsBy
) -> None:
    async with (
        carriers.connected(BEHIND, "--priority", "1") as first,
        carriers.connected("full", "--priority", "2", prefix=first.prefix),
    ):
        ended = await calls_by(first).placed(people.BUSY, [])
    assert (ended["trunk"], ended["cause"], ended["sip_status"]) == (first.trunk, "busy", 486), ended
    assert routes_of(ended) == [(first.trunk, "dialled")]


@pytest.mark.parametrize(
    ("first", "options"),
    [
        pytest.param("stuck", (), id="stuck"),
        pytest.param("dead", ("--options-seconds", "0"), id="dead, and sent no OPTIONS"),
    ],
)
async def test_a_carrier_that_answers_no_invite_is_passed_over_within_3_s(
    carriers: LabCarriers, calls_by: CallsBy, first: str, options: tuple[str, ...]
) -> None:
    async with two(carriers, first, *options) as (silent, behind):
        ended = await calls_by(behind).placed(people.HANGS_UP, [{"kind": "pause", "seconds": 30}])
        again = await calls_by(behind).placed(people.BUSY, [])
    assert (ended["trunk"], ended["cause"], ended["hung_up_by"]) == (behind.trunk, "normal", "far"), ended
    assert routes_of(ended) == [(silent.trunk, "dialled"), (silent.trunk, "no_response"), (behind.trunk, "dialled")]
    assert seconds_to_the_second(ended) < WITHIN
    assert routes_of(again) == [(behind.trunk, "dialled")], "it is tried last now"


async def test_a_dead_carrier_that_never_answered_options_is_asked_by_one_call_and_then_tried_last(
    carriers: LabCarriers, calls_by: CallsBy, admin: Admin
) -> None:
    async def state(trunk: str) -> str:
        found = (await admin.ask("GET", "trunks"))["trunks"]
        return next(str(one["state"]) for one in found if one["name"] == trunk)

    async with two(carriers, "dead", "--options-seconds", "5") as (dead, behind):
        await until(lambda: state(dead.trunk), lambda seen: seen == "offline", OFFLINE_WITHIN, "it is offline")
        asked = await calls_by(behind).placed(people.BUSY, [])
        ended = await calls_by(behind).placed(people.BUSY, [])
    assert routes_of(asked) == [(dead.trunk, "dialled"), (dead.trunk, "no_response"), (behind.trunk, "dialled")]
    assert (ended["trunk"], ended["cause"]) == (behind.trunk, "busy"), ended
    assert routes_of(ended) == [(behind.trunk, "dialled")]


async def test_of_a_name_with_two_addresses_the_second_takes_what_the_first_is_too_full_for(
    carriers: LabCarriers, calls_by: CallsBy
) -> None:
    async with carriers.connected("spare") as spare:
        ended = await calls_by(spare).out()
        busy = await calls_by(spare).placed(people.BUSY, [])
    assert routes_of(ended) == [(spare.trunk, "dialled")], "Asterisk goes on within the trunk"
    assert (busy["cause"], busy["sip_status"]) == ("busy", 486), busy


async def test_a_call_that_the_only_carrier_is_too_full_for_ends_with_its_answer(
    carriers: LabCarriers, calls_by: CallsBy
) -> None:
    async with carriers.connected("full") as full:
        ended = await calls_by(full).placed(people.SPEAKS_440, [])
    assert (ended["trunk"], ended["cause"], ended["sip_status"]) == (full.trunk, "congestion", 503), ended
