"""Calls that a trunk does not carry: which route is tried next, when, and what is told of it."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from engine.calls.admission_protocol import Route
from engine.calls.first_response import RESPONSES
from engine.calls.trunk_gate import OpenGate, PassedOver
from engine.commands import HangUpCall
from engine.events import CallAnswered, CallDialing, RouteFailed
from engine.model.next_on import parse
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange


class Watched(OpenGate):
    """Passes over the trunks in `over`, lets those in `resting` be tried last, and notes what it is told."""

    def __init__(self) -> None:
        self.over: dict[str, PassedOver] = {}
        self.resting: set[str] = set()
        self.takes_calls: Callable[[], bool] = lambda: False
        self.told: list[str] = []

    def in_order(self, routes: Sequence[Route]) -> tuple[Route, ...]:
        return tuple(sorted(routes, key=lambda route: route.trunk in self.resting))

    async def enter(self, call: str, route: Route) -> PassedOver | None:
        if (passed := self.over.get(route.trunk or "")) is None:
            self.told.append(f"{route.trunk} entered")
        return passed

    async def resume(self, call: str, trunk: str) -> None:
        self.told.append(f"{trunk} resumed{' late' if self.takes_calls() else ''}")

    def leave(self, call: str, trunk: str) -> None:
        self.told.append(f"{trunk} left")

    def answered(self, route: Route) -> None:
        self.told.append(f"{route.trunk} answered")

    def silent(self, route: Route) -> None:
        self.told.append(f"{route.trunk} silent")


def route(trunk: str, **fields: object) -> Route:
    return Route(endpoint=f"PJSIP/1@trunk-{trunk}", trunk=trunk, **{"response_seconds": 2.5, **fields})  # type: ignore[arg-type]


@pytest.fixture
def gate(stopped_exchange: Exchange) -> Watched:
    """The gate of the exchange, which is started with it."""
    gate = Watched()
    stopped_exchange.gate = gate
    return gate


@pytest.fixture
async def exchange(gate: Watched, stopped_exchange: Exchange) -> Exchange:
    """An exchange with two trunks to 1."""
    stopped_exchange.admission.routes_of["1"] = (route("a"), route("b"))
    return await stopped_exchange.start()


def failures(exchange: Exchange) -> list[tuple[str, str, int | None]]:
    return [(one.trunk, one.reason, one.sip_status) for one in exchange.told_of(RouteFailed)]


def is_silent(asterisk: FakeAri, channel: str) -> None:
    """Nothing, not even a 100, came on this channel."""
    asterisk.world.variables[channel, RESPONSES] = ""


async def second(asterisk: FakeAri) -> str:
    return (await asterisk.asked("POST", "/channels/*/dial", 2)).path.split("/")[2]


async def attempt(asterisk: FakeAri, call: str, place: int) -> str:
    """The channel by which the route at this place is tried, once it is dialled."""
    await asterisk.asked("POST", f"/channels/{call}-{place}/dial")
    return f"{call}-{place}"


@pytest.mark.parametrize(
    ("q850", "sip", "cause"),
    [
        (16, 300, "redirected"), (23, 302, "redirected"), (16, 380, "redirected"), (21, 403, "forbidden"),
        (127, 428, "identity_refused"), (127, 433, "anonymity_refused"), (127, 436, "identity_refused"),
        (17, 486, "busy"), (17, 600, "busy"), (21, 603, "rejected"), (1, 604, "unknown_number"),
        (127, 607, "unwanted"), (127, 608, "blocked"), (127, 482, "loop"),
    ],
)  # fmt: skip
async def test_what_is_said_of_the_call_is_told_as_it_is_and_no_other_trunk_is_tried(
    exchange: Exchange, asterisk: FakeAri, q850: int, sip: int, cause: str
) -> None:
    call = await exchange.dialled(callee="1")
    asterisk.hangs_up(call.id, q850, sip)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by, ended.sip_status) == (cause, "far", sip)
    assert [one.trunk for one in exchange.told_of(CallDialing)] == ["a"] and failures(exchange) == []


@pytest.mark.parametrize(
    ("q850", "sip", "reason"),
    [(34, 503, "congestion"), (38, 500, "network_error"), (34, 580, "network_error"), (18, 408, "no_response"),
     (127, 402, "payment_required"), (21, 401, "forbidden"), (58, 488, "not_acceptable"), (127, 420, "error")],
)  # fmt: skip
async def test_what_a_trunk_says_of_itself_is_noted_and_the_next_one_is_tried(
    exchange: Exchange, asterisk: FakeAri, gate: Watched, q850: int, sip: int, reason: str
) -> None:
    call = await exchange.dialled(callee="1")
    asterisk.hangs_up(call.id, q850, sip)
    other = await second(asterisk)
    assert failures(exchange) == [("a", reason, sip)]
    asterisk.picks_up(other)
    await exchange.event(CallAnswered, subject=call.id)
    asterisk.hangs_up(other)
    await exchange.ended(call.id)
    assert gate.told == ["a entered", "a answered", "a left", "b entered", "b left"]


async def test_a_trunk_s_own_table_decides_what_is_final(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.routes_of["1"] = (route("a", next_on=parse("default,486,-503")), route("b"))
    call = await exchange.dialled(callee="1")
    asterisk.hangs_up(call.id, 17, 486)
    asterisk.hangs_up(await second(asterisk), 17, 486)  # b has the default
    assert (await exchange.ended(call.id)).cause == "busy"
    exchange.admission.routes_of["1"] = (route("a", next_on=parse("default,486,-503")), route("b"))
    call = await exchange.dialled(callee="1")
    asterisk.hangs_up(call.id, 34, 503)
    assert (await exchange.ended(call.id)).cause == "congestion"


async def test_a_trunk_that_answers_nothing_is_given_up_within_3_s(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    begun = exchange.clock()
    call = await exchange.dialled(callee="1", ring_seconds=20)
    is_silent(asterisk, call.id)
    other = await second(asterisk)
    assert exchange.clock() - begun < 3.0
    assert failures(exchange) == [("a", "no_response", None)]
    assert call.id not in asterisk.world.channels
    asterisk.picks_up(other)
    await exchange.event(CallAnswered, subject=call.id)
    assert (await exchange.stored(call.id)).trunk == "b"
    asterisk.hangs_up(other)
    await exchange.ended(call.id)
    assert gate.told == ["a entered", "a silent", "a left", "b entered", "b left"]


async def test_a_trunk_that_said_100_may_take_its_time(exchange: Exchange, asterisk: FakeAri, gate: Watched) -> None:
    call = await exchange.dialled(callee="1")
    asterisk.world.variables[call.id, RESPONSES] = "PJSIP/trunk-a-00000001"
    await asyncio.sleep(20)
    assert gate.told == ["a entered", "a answered"]
    asterisk.picks_up(call.id)
    await exchange.event(CallAnswered, subject=call.id)
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    assert [one.trunk for one in exchange.told_of(CallDialing)] == ["a"]


async def test_a_call_that_rings_or_is_answered_is_not_asked_about(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    call = await exchange.dialled(callee="1")
    is_silent(asterisk, call.id)
    asterisk.rings(call.id)
    await asyncio.sleep(10)
    assert not asterisk.was_asked("GET", f"/channels/{call.id}/variable")
    assert gate.told == ["a entered", "a answered"]
    asterisk.hangs_up(call.id, 17, 486)
    assert (await exchange.ended(call.id)).cause == "busy"


async def test_the_last_trunk_is_waited_for_but_its_silence_is_told_as_such(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    exchange.admission.routes_of["1"] = (route("a"),)
    call = await exchange.dialled(callee="1", ring_seconds=20)
    is_silent(asterisk, call.id)
    await asyncio.sleep(20)
    asterisk.world.end_channel(call.id, 19, 480, soft=True)  # our limit of the ringing
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by, ended.sip_status) == ("no_response", "network", None)
    assert gate.told == ["a entered", "a silent", "a left"]


async def test_the_last_trunk_may_wake_up_late(exchange: Exchange, asterisk: FakeAri, gate: Watched) -> None:
    exchange.admission.routes_of["1"] = (route("a"),)
    call = await exchange.dialled(callee="1", ring_seconds=20)
    is_silent(asterisk, call.id)
    await asyncio.sleep(4)
    asterisk.rings(call.id)
    await asyncio.sleep(6)
    assert gate.told == ["a entered", "a silent", "a answered"]
    asterisk.world.end_channel(call.id, 19, 480, soft=True)
    assert (await exchange.ended(call.id)).cause == "no_answer"


async def test_who_hangs_up_while_a_silent_trunk_is_given_up_is_who_ended_the_call(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.dialled(callee="1")
    is_silent(asterisk, call.id)
    held = asterisk.hold("DELETE", f"/channels/{call.id}")
    await held.reached.wait()
    hanging_up = asyncio.create_task(exchange.submit(HangUpCall(account=ACCOUNT, call=call.id)))
    await settled()
    assert held.gate
    held.gate.set()
    await hanging_up
    ended = await exchange.ended(call.id)
    assert ended.hung_up_by == "us" and len(exchange.told_of(CallDialing)) == 1


FULL = PassedOver(reason="full", detail="It has 10 calls, its most at once.", full=True)
CLOSED = PassedOver(reason="out_of_hours", detail="It carries calls mon-fri 08:00-18:00 (Europe/Berlin).")


async def test_a_full_trunk_is_passed_over_and_the_timeline_says_why(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    gate.over["a"] = FULL
    call = await exchange.place(callee="1")
    dialled = (await asterisk.asked("POST", "/channels/*/dial")).path.split("/")[2]
    (passed,) = exchange.told_of(RouteFailed)
    assert (passed.trunk, passed.reason, passed.detail) == ("a", "full", FULL.detail)
    asterisk.hangs_up(dialled, 17, 486)
    assert (await exchange.ended(call.id)).cause == "busy"
    assert gate.told == ["b entered", "b answered", "b left"]


@pytest.mark.parametrize(
    ("over", "cause", "by"),
    [
        ({"a": FULL, "b": FULL}, "over_limit", "us"),
        ({"a": CLOSED, "b": FULL}, "over_limit", "us"),
        ({"a": CLOSED, "b": CLOSED}, "no_route", "network"),
    ],
)
async def test_a_call_that_no_trunk_takes_now_ends_with_the_reason_of_each(
    exchange: Exchange, gate: Watched, over: dict[str, PassedOver], cause: str, by: str
) -> None:
    gate.over = over
    call = await exchange.place(callee="1")
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by, ended.sip_status) == (cause, by, None)
    assert failures(exchange) == [(trunk, passed.reason, None) for trunk, passed in over.items()]
    assert exchange.told_of(CallDialing) == []


async def test_what_a_trunk_answered_counts_more_than_that_the_next_one_is_full(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    gate.over["b"] = FULL
    call = await exchange.dialled(callee="1")
    asterisk.hangs_up(call.id, 34, 503)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.sip_status) == ("congestion", 503)


async def test_a_call_has_so_many_attempts(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.routes_of["1"] = tuple(route(name) for name in "abcd")
    exchange.admission.attempts = 2
    call = await exchange.dialled(callee="1")
    asterisk.hangs_up(call.id, 34, 503)
    asterisk.hangs_up(await second(asterisk), 34, 503)
    assert (await exchange.ended(call.id)).cause == "congestion"
    assert [one.trunk for one in exchange.told_of(CallDialing)] == ["a", "b"]


async def test_a_call_keeps_its_place_when_the_controller_goes_and_gives_it_back_at_its_end(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    call = await exchange.call(callee="1")
    await exchange.leave()
    assert gate.told == ["a entered"]
    await exchange.start()
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    assert gate.told == ["a entered", "a resumed", "a left"]


async def test_a_call_holds_its_place_before_the_next_controller_takes_calls(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    call = await exchange.call(callee="1")
    await exchange.leave()
    gate.takes_calls = lambda: exchange.engine.available
    await exchange.start()
    assert gate.told == ["a entered", "a resumed"]
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_call_that_ended_while_no_controller_was_there_gives_its_place_back(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    call = await exchange.call(callee="1")
    await exchange.leave()
    asterisk.hangs_up(call.id)
    await exchange.start()
    await exchange.ended(call.id)
    assert gate.told == ["a entered", "a resumed", "a left"]


async def test_a_restarted_controller_tries_each_trunk_once_though_one_rested_before(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    exchange.admission.routes_of["1"] = tuple(route(name) for name in "abc")
    gate.resting = {"a"}
    call = await exchange.dialled(callee="1")
    assert [one.trunk for one in exchange.told_of(CallDialing)] == ["b"]
    await exchange.leave()
    gate.resting = set()  # what a controller knows of resting trunks is not stored
    await exchange.start()
    asterisk.hangs_up(call.id, 34, 503)
    asterisk.hangs_up(await attempt(asterisk, call.id, 2), 34, 503)
    asterisk.hangs_up(await attempt(asterisk, call.id, 3), 17, 486)
    assert (await exchange.ended(call.id)).cause == "busy"
    assert [one.trunk for one in exchange.told_of(CallDialing)] == ["b", "a", "c"]
    assert failures(exchange) == [("b", "congestion", 503), ("a", "congestion", 503)]


async def test_a_restarted_controller_passes_over_what_was_passed_over_and_counts_the_attempts_before_it(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    exchange.admission.routes_of["1"] = tuple(route(name) for name in "abcd")
    exchange.admission.attempts = 2
    gate.over["a"] = FULL
    call = await exchange.place(callee="1")
    first = (await asterisk.asked("POST", "/channels/*/dial")).path.split("/")[2]
    await settled()
    await exchange.leave()
    gate.over = {}
    await exchange.start()
    asterisk.hangs_up(first, 34, 503)
    asterisk.hangs_up(await attempt(asterisk, call.id, 3), 34, 503)
    assert (await exchange.ended(call.id)).cause == "congestion"
    assert [one.trunk for one in exchange.told_of(CallDialing)] == ["b", "c"]


async def test_a_trunk_that_carries_the_number_no_more_is_followed_by_those_that_do(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    call = await exchange.dialled(callee="1")
    await exchange.leave()
    exchange.admission.routes_of["1"] = (route("b"),)
    await exchange.start()
    asterisk.hangs_up(call.id, 34, 503)
    asterisk.hangs_up(await attempt(asterisk, call.id, 2), 17, 486)
    assert (await exchange.ended(call.id)).cause == "busy"
    assert gate.told == ["a entered", "a resumed", "a answered", "a left", "b entered", "b answered", "b left"]


async def test_a_call_that_a_trunk_is_silent_about_is_given_up_by_the_next_controller_too(
    exchange: Exchange, asterisk: FakeAri, gate: Watched
) -> None:
    call = await exchange.dialled(callee="1", ring_seconds=60)
    is_silent(asterisk, call.id)
    await exchange.leave()
    begun = exchange.clock()
    await exchange.start()
    other = await attempt(asterisk, call.id, 2)
    assert exchange.clock() - begun < 3.0
    assert failures(exchange) == [("a", "no_response", None)]
    asterisk.hangs_up(other, 17, 486)
    assert (await exchange.ended(call.id)).cause == "busy"
    assert gate.told[:4] == ["a entered", "a resumed", "a silent", "a left"]
