"""When a number may be called: in its own time, closed if that is not known."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.features.campaigns import hours
from engine.features.campaigns.model import Options, Window
from engine.features.errors import InvalidSetting

NEW_YORK, KATHMANDU, LONDON = "12125550100", "9779841234567", "442079460000"
TOLL_FREE, SATELLITE = "18005550100", "870773111632"
DAY = Options(windows=(Window(start="09:00", end="17:00"),))


def at(text: str, zone: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("digits", "zone"), [(NEW_YORK, "America/New_York"), (KATHMANDU, "Asia/Kathmandu"), (LONDON, "Europe/London")]
)
def test_a_window_is_in_the_time_of_the_number(digits: str, zone: str) -> None:
    assert hours.is_open(digits, DAY, at("2030-01-15 09:00:00", zone))
    assert hours.is_open(digits, DAY, at("2030-01-15 16:59:59", zone))
    assert not hours.is_open(digits, DAY, at("2030-01-15 08:59:59", zone))
    assert not hours.is_open(digits, DAY, at("2030-01-15 17:00:00", zone))
    assert hours.opens(digits, DAY, at("2030-01-15 17:00:00", zone)) == at("2030-01-16 09:00:00", zone)


def test_a_number_with_several_zones_is_called_only_while_all_are_open() -> None:
    zones = hours.zones(TOLL_FREE, DAY)
    assert len(zones) > 1
    opens = hours.opens(TOLL_FREE, DAY, at("2030-01-15 00:00:00", "UTC"))
    if opens is not None:
        assert all(
            hours.is_open("1", Options(windows=DAY.windows, zone=zone, zone_by_number=False), opens) for zone in zones
        )


def test_a_number_without_a_zone_is_called_in_the_set_one_or_never() -> None:
    now = at("2030-01-15 12:00:00", "Asia/Kathmandu")
    assert hours.opens(SATELLITE, DAY, now) is None
    assert hours.opens(SATELLITE, Options(windows=DAY.windows, zone="Asia/Kathmandu"), now) == now


def test_a_zone_that_is_set_for_all_holds_for_all() -> None:
    options = Options(windows=DAY.windows, zone="Asia/Kathmandu", zone_by_number=False)
    assert hours.is_open(NEW_YORK, options, at("2030-01-15 12:00:00", "Asia/Kathmandu"))
    assert hours.opens(NEW_YORK, Options(windows=DAY.windows, zone_by_number=False), 0.0) is None


def test_without_windows_everybody_is_called_at_any_time() -> None:
    assert hours.opens(SATELLITE, Options(), 5.0) == 5.0


def test_days_count_in_the_local_time() -> None:
    options = Options(windows=(Window(days=(1,), start="00:00", end="24:00"),))
    monday = at("2030-01-14 00:00:00", "America/New_York")
    assert hours.opens(NEW_YORK, options, monday - 1) == monday
    assert hours.is_open(NEW_YORK, options, monday + 86_399)
    assert not hours.is_open(NEW_YORK, options, monday + 86_400)


def test_a_window_moves_with_the_clock_of_summer() -> None:
    before, after = at("2030-03-09 17:00:00", "America/New_York"), at("2030-03-10 09:00:00", "America/New_York")
    assert hours.opens(NEW_YORK, DAY, before) == after
    assert after - before == 15 * 3600  # an hour is left out


def test_a_window_that_begins_in_the_hour_that_is_left_out_opens_behind_it() -> None:
    options = Options(windows=(Window(start="02:30", end="04:00"),))
    opens = hours.opens(NEW_YORK, options, at("2030-03-10 00:00:00", "America/New_York"))
    assert opens is not None and hours.is_open(NEW_YORK, options, opens)
    assert opens <= at("2030-03-10 03:30:00", "America/New_York")


@pytest.mark.parametrize(
    ("start", "end"), [("9:00", "17:00"), ("09:00", "24:01"), ("17:00", "09:00"), ("aa:bb", "17:00")]
)
def test_a_window_that_is_none_is_refused(start: str, end: str) -> None:
    with pytest.raises(InvalidSetting):
        hours.checked(Window(start=start, end=end))
