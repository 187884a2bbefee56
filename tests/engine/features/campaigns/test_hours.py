"""When a number may be called: in its own time, closed if that is not known."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.features.campaigns import hours, rules
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


def test_a_number_whose_zones_are_never_open_together_is_called_in_the_set_zone_or_never() -> None:
    short = (Window(start="09:00", end="09:30"),)
    now = at("2030-01-15 09:10:00", "America/New_York")
    assert len(hours.zones(TOLL_FREE, Options(windows=short))) > 1
    assert hours.opens(TOLL_FREE, Options(windows=short), now) is None
    assert hours.why_never(TOLL_FREE, Options(windows=short)) == "no_common_hours"
    assert hours.why_never(SATELLITE, Options(windows=short)) == "no_time_zone"
    assert hours.opens(TOLL_FREE, Options(windows=short, zone="America/New_York"), now) == now


def test_the_hours_of_many_numbers_with_the_same_zones_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    found = hours._open
    monkeypatch.setattr(hours, "_open", lambda *given: looked.append(given) or found(*given))
    options = Options(windows=(Window(start="09:00", end="09:17"),))
    for second in range(60):
        hours.opens(f"18005550{second:03}", options, at("2031-01-15 00:00:00", "UTC") + second)
    assert looked
    assert len({given[2] for given in looked}) == len(looked)


def test_it_opens_at_the_second() -> None:
    begins = at("2030-01-15 09:00:00", "America/New_York")
    assert hours.opens(NEW_YORK, DAY, begins - 0.5) == begins
    assert hours.opens(NEW_YORK, DAY, begins + 0.5) == begins + 0.5
    assert hours.opens(NEW_YORK, DAY, begins + 8 * 3600 - 0.5) == begins + 8 * 3600 - 0.5


def test_windows_are_so_many_at_most() -> None:
    with pytest.raises(InvalidSetting, match="at most 14"):
        rules.checked_options(Options(windows=(Window(),) * 15))
