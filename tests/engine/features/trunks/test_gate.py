"""What a trunk carries now: its limits, its hours, and whether it answered last."""

import msgspec
import pytest

from engine.calls.admission_protocol import Route
from engine.features.errors import InvalidSetting
from engine.features.trunks import outbound_routing, routing_settings
from engine.features.trunks.gate import Gate
from engine.features.trunks.resting import RestingTrunks
from engine.platform.settings_cache import SettingsCache
from engine.store import trunks
from engine.store.database import Database
from engine.store.trunk_groups import Routing
from engine.store.trunks import Trunk
from engine.store.writer import Writer
from tests.support.counters import CountersInMemory

MONDAY_NOON = 1_894_020_000.0  # 2030-01-07 12:00 UTC


class Setting:
    """Trunks in the store, and the gate before them."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self.writer, self.cache, self.counters = writer, SettingsCache(database), CountersInMemory()
        self.now = MONDAY_NOON
        self.gate = Gate(self.cache, self.counters, clock=lambda: self.now)

    async def trunk(self, name: str, **fields: object) -> Route:
        """Add a trunk with these settings of routing; return the route that it makes."""
        added = Trunk(name=name, host="192.0.2.1", routing=Routing(**fields))  # type: ignore[arg-type]
        routing_settings.checked(added)
        await self.writer.write(lambda conn: trunks.add(conn, added))
        await self.cache.load_trunks()
        return self.route(name)

    async def limit(self, name: str, **fields: object) -> None:
        """Change settings of routing of a trunk that is there."""
        there = self.cache.trunk(name)
        assert there
        changed = msgspec.structs.replace(there, routing=Routing(**fields))  # type: ignore[arg-type]
        await self.writer.write(lambda conn: trunks.change(conn, changed))
        await self.cache.load_trunks()

    def route(self, name: str) -> Route:
        found = outbound_routing.routes(self.cache.trunks, "15550100", call="call-1")
        return next(route for route in found if route.trunk == name)


@pytest.fixture
async def setting(database: Database, writer: Writer) -> Setting:
    return Setting(database, writer)


async def reason(setting: Setting, call: str, route: Route) -> str:
    passed = await setting.gate.enter(call, route)
    return passed.reason if passed else ""


async def test_a_trunk_without_limits_asks_nobody(setting: Setting) -> None:
    setting.counters.lost = True
    route = await setting.trunk("plain")
    assert await setting.gate.enter("call-1", route) is None
    setting.gate.leave("call-1", "plain")
    await setting.gate.resume("call-1", "plain")
    setting.gate.leave("call-1", "plain")
    assert setting.counters.places == {}


async def test_calls_that_are_up_count_once_their_trunk_has_a_limit_and_give_their_places_back(
    setting: Setting,
) -> None:
    route = await setting.trunk("plain")
    assert [await reason(setting, f"call-{one}", route) for one in range(3)] == ["", "", ""]
    setting.gate.leave("call-0", "plain")
    await setting.gate.resume("call-old", "plain")
    await setting.limit("plain", max_calls=3)
    assert await reason(setting, "call-4", route) == "full", "two that began here, and one that was taken over"
    assert setting.counters.places == {"trunk/plain": {"call-1/plain", "call-2/plain", "call-old/plain"}}
    for call in ("call-1", "call-2", "call-old"):
        setting.gate.leave(call, "plain")
    assert setting.counters.places == {"trunk/plain": set()}


async def test_a_place_that_was_taken_is_given_back_though_the_trunk_has_no_limit_any_more(setting: Setting) -> None:
    route = await setting.trunk("small", max_calls=1)
    assert await reason(setting, "call-1", route) == ""
    await setting.limit("small", max_calls=0)
    setting.gate.leave("call-1", "small")
    assert setting.counters.places == {"trunk/small": set()}


async def test_a_trunk_is_full_at_its_most_calls_until_one_ends(setting: Setting) -> None:
    route = await setting.trunk("small", max_calls=2)
    assert [await reason(setting, f"call-{one}", route) for one in range(3)] == ["", "", "full"]
    passed = await setting.gate.enter("call-9", route)
    assert passed and passed.full and passed.detail == "It has 2 calls, its most at once."
    setting.gate.leave("call-0", "small")
    assert await reason(setting, "call-3", route) == ""
    assert await reason(setting, "call-3", route) == "", "a call takes one place only"


async def test_a_call_that_was_up_before_a_restart_holds_its_place(setting: Setting) -> None:
    route = await setting.trunk("small", max_calls=1)
    await setting.gate.resume("call-old", "small")
    assert await reason(setting, "call-1", route) == "full"


async def test_places_of_trunks_are_apart_from_each_other_and_from_those_of_accounts(setting: Setting) -> None:
    one, other = await setting.trunk("one", max_calls=1), await setting.trunk("two", max_calls=1)
    assert [await reason(setting, "call-1", one), await reason(setting, "call-1", other)] == ["", ""]
    assert setting.counters.places == {"trunk/one": {"call-1/one"}, "trunk/two": {"call-1/two"}}


async def test_a_trunk_takes_so_many_calls_a_second_and_the_next_goes_elsewhere_at_once(setting: Setting) -> None:
    route = await setting.trunk("slow", max_calls=10, calls_per_second=0.5)
    assert await reason(setting, "call-1", route) == ""
    setting.counters.wait = 1.3
    passed = await setting.gate.enter("call-2", route)
    assert passed and (passed.reason, passed.full, passed.detail) == ("full", True, "It takes 0.5 calls a second.")
    assert setting.counters.places["trunk/slow"] == {"call-1/slow"}, "the place that was taken first is given back"


async def test_a_trunk_out_of_its_hours_is_passed_over_and_says_when_it_carries_calls(setting: Setting) -> None:
    route = await setting.trunk("office", hours="mon-fri 08:00-18:00", time_zone="America/New_York")
    passed = await setting.gate.enter("call-1", route)  # 07:00 there
    assert passed and (passed.reason, passed.full) == ("out_of_hours", False)
    assert passed.detail == "It carries calls mon-fri 08:00-18:00 (America/New_York)."
    setting.now += 3600
    assert await reason(setting, "call-1", route) == ""


async def test_limits_that_cannot_be_counted_are_kept(setting: Setting) -> None:
    route = await setting.trunk("small", max_calls=2)
    setting.counters.lost = True
    assert await reason(setting, "call-1", route) == "full"
    await setting.gate.resume("call-1", "small")  # only logged


async def test_a_trunk_that_was_removed_meanwhile_is_passed_over(setting: Setting) -> None:
    route = await setting.trunk("gone", max_calls=2)
    await setting.writer.write(lambda conn: trunks.remove(conn, "gone"))
    await setting.cache.load_trunks()
    assert await reason(setting, "call-1", route) == "gone"


async def test_a_silent_trunk_goes_last_until_it_answers(setting: Setting) -> None:
    routes = (await setting.trunk("a"), await setting.trunk("b"), Route(endpoint="PJSIP/100"))
    setting.gate.silent(routes[0])
    assert [route.trunk for route in setting.gate.in_order(routes)] == ["b", None, "a"]
    assert setting.gate.in_order(routes[:1]) == routes[:1]
    setting.gate.answered(routes[0])
    assert setting.gate.in_order(routes) == routes


async def test_a_trunk_that_is_not_to_rest_does_not(setting: Setting) -> None:
    routes = (await setting.trunk("a", rest_seconds=0), await setting.trunk("b"))
    setting.gate.silent(routes[0])
    assert setting.gate.in_order(routes) == routes


def test_when_its_rest_is_over_one_call_tries_a_trunk_and_the_others_wait_for_what_becomes_of_it() -> None:
    now = 1000.0
    resting = RestingTrunks(clock=lambda: now)
    assert not resting.rests("a", probing=5)
    resting.rest("a", 60)
    now += 59
    assert resting.rests("a", probing=5) and resting.seconds_left("a") == 1
    now += 1
    assert [resting.rests("a", probing=5) for _ in range(3)] == [False, True, True]
    now += 5  # what the first found is not known: it was hung up, say
    assert not resting.rests("a", probing=5)
    assert resting.wake("a") and not resting.wake("a")
    assert not resting.rests("a", probing=5)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("weight", 0, r"weight must be 1 to 1000 \(got 0\)"),
        ("max_calls", -1, r"max_calls must be 1 to 100000, or 0: any number \(got -1\)"),
        ("calls_per_second", -0.5, r"calls_per_second must be .* at most 10000, or 0: any number \(got -0.5\)"),
        ("calls_per_second", float("nan"), r"calls_per_second must be .* \(got nan\)"),
        ("response_seconds", 33, r"response_seconds must be .* at most 32, or 0: as long as .* \(got 33\)"),
        ("rest_seconds", 90_000, r"rest_seconds must be 1 to 86400, or 0: it does not rest \(got 90000\)"),
        ("next_on", "default,maybe", r"next_on takes .* \(got 'maybe'\)"),
        ("hours", "weekdays", r"hours must be .* \(got 'weekdays'\)"),
        ("time_zone", "Nowhere/At_all", r"time_zone must be .* \(got 'Nowhere/At_all'\)"),
        ("time_zone", "Europe/Berlin", "time_zone is of no use without hours"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_their_name(field: str, value: object, sentence: str) -> None:
    with pytest.raises(InvalidSetting, match=sentence):
        routing_settings.checked(
            Trunk(name="one", host="192.0.2.1", routing=msgspec.structs.replace(Routing(), **{field: value}))
        )
