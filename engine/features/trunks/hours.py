"""When a trunk carries calls: days and times of day in a time zone."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FORM = "days and times, such as mon-fri 08:00-18:00, sat 09:00-12:30"
_DAY_MINUTES = 24 * 60


class Window(NamedTuple):
    """Days (0: Monday) on which it begins, and minutes since midnight; one whose end is not after its start ends on
    the next day."""

    days: frozenset[int]
    start: int
    end: int


@lru_cache(maxsize=1000)
def parse(text: str) -> tuple[Window, ...]:
    """Read windows such as `mon-fri 08:00-18:00, sat 09:00-12:30`; none: always. Raises ValueError with a sentence."""
    return tuple(_window(part.split()) for part in text.lower().split(",") if part.strip())


@lru_cache(maxsize=1000)
def zone(name: str) -> ZoneInfo:
    """Return a time zone of the IANA database, "": UTC. Raises ValueError with a sentence."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"time_zone must be an IANA name, such as Europe/Berlin (got {name!r}).") from None


def is_open(text: str, zone_name: str, now: float) -> bool:
    """Whether windows, as `parse` reads them, are open at a moment (Unix seconds)."""
    windows = parse(text)
    local = datetime.fromtimestamp(now, zone(zone_name))
    minute, day = local.hour * 60 + local.minute, local.weekday()
    return not windows or any(_has(window, day, minute) for window in windows)


def _has(window: Window, day: int, minute: int) -> bool:
    if window.start < window.end:
        return day in window.days and window.start <= minute < window.end
    late = day in window.days and minute >= window.start
    return late or ((day - 1) % 7 in window.days and minute < window.end)


def _window(words: list[str]) -> Window:
    *days, times = words
    start, dash, end = times.partition("-")
    if len(days) > 1 or not dash:
        raise _refused(" ".join(words))
    return Window(_days(days[0]) if days else frozenset(range(7)), _minute(start, times), _minute(end, times))


def _days(text: str) -> frozenset[int]:
    first, dash, last = text.partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise _refused(text)
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return frozenset((begin + ahead) % 7 for ahead in range((end - begin) % 7 + 1))


def _minute(text: str, whole: str) -> int:
    hour, colon, minute = text.partition(":")
    digits = hour + minute
    known = colon and len(hour) == len(minute) == 2 and digits.isascii() and digits.isdigit() and int(minute) < 60
    found = int(hour) * 60 + int(minute) if known else -1
    if not 0 <= found <= _DAY_MINUTES:
        raise _refused(whole)
    return found


def _refused(text: str) -> ValueError:
    return ValueError(f"hours must be {FORM} (got {text!r}).")
