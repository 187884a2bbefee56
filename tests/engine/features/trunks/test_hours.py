"""When a trunk carries calls."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.features.trunks.hours import is_open, parse
from engine.features.trunks.model import replaced
from engine.store.trunk_groups import Routing
from engine.store.trunks import Trunk


def at(text: str, zone: str = "Europe/Berlin") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


OFFICE = "mon-fri 08:00-18:00, sat 09:00-12:30"


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        ("2030-01-07 07:59", False),  # a Monday
        ("2030-01-07 08:00", True),
        ("2030-01-07 17:59", True),
        ("2030-01-07 18:00", False),
        ("2030-01-12 12:29", True),  # the Saturday
        ("2030-01-12 12:30", False),
        ("2030-01-13 10:00", False),  # the Sunday
    ],
)
def test_a_trunk_is_open_in_its_windows(moment: str, open_now: bool) -> None:
    assert is_open(OFFICE, "Europe/Berlin", at(moment)) is open_now


def test_the_hours_are_those_of_the_zone_also_when_its_clock_changes() -> None:
    assert not is_open("08:00-18:00", "Europe/Berlin", at("2030-07-01 06:59", "Europe/London"))
    assert is_open("08:00-18:00", "Europe/Berlin", at("2030-07-01 07:00", "Europe/London"))
    assert is_open("08:00-18:00", "Europe/Berlin", at("2030-07-01 17:30", "Europe/Berlin"))
    assert not is_open("08:00-18:00", "", at("2030-07-01 09:30", "Europe/Berlin"))  # 07:30 in UTC
    assert is_open("03:00-04:00", "Europe/Berlin", at("2030-03-31 03:30"))  # the day on which 02:00 is 03:00


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        ("2030-01-11 21:59", False),
        ("2030-01-11 22:00", True),  # Friday
        ("2030-01-12 05:59", True),
        ("2030-01-12 06:00", False),
        ("2030-01-12 23:00", False),  # Saturday does not begin one
    ],
)
def test_a_window_may_end_on_the_next_day(moment: str, open_now: bool) -> None:
    assert is_open("fri 22:00-06:00", "Europe/Berlin", at(moment)) is open_now


def test_days_may_go_over_the_week_s_end_and_a_day_be_whole() -> None:
    assert is_open("sat-mon 00:00-24:00", "Europe/Berlin", at("2030-01-07 12:00"))
    assert not is_open("sat-mon 00:00-24:00", "Europe/Berlin", at("2030-01-08 12:00"))
    assert parse("") == () and is_open("", "", 0.0)


@pytest.mark.parametrize("text", ["always", "mon 8-18", "mon-fri", "8:00-18:00", "mo 08:00-18:00", "08:00-24:30",
                                  "mon fri 08:00-18:00", "08:00", "08:60-09:00", "mon-xyz 08:00-09:00"])  # fmt: skip
def test_hours_that_are_none_are_refused_with_what_is_wrong(text: str) -> None:
    with pytest.raises(ValueError, match="hours must be days and times, such as mon-fri 08:00-18:00") as refused:
        parse(text)
    assert "(got '" in str(refused.value)


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"time_zone must be an IANA name, such as Europe/Berlin \(got 'Berlin'\)"):
        is_open("08:00-18:00", "Berlin", 0.0)


def test_hours_that_are_cleared_take_their_time_zone_with_them() -> None:
    trunk = Trunk(name="office", host="192.0.2.1", routing=Routing(hours="mon-fri 08:00-18:00", time_zone="Asia/Tokyo"))
    assert replaced(trunk, {"routing": {"weight": 2}}).routing.time_zone == "Asia/Tokyo"
    assert replaced(trunk, {"routing": {"hours": ""}}).routing == Routing()
    assert replaced(trunk, {"routing": {"hours": "", "time_zone": "UTC"}}).routing.time_zone == "UTC"
