"""When a number may be called: windows in the local time of who is called.

A number's time zones are those of its prefix in the metadata of libphonenumber (phonenumbers.timezone). A prefix that
has several, such as a toll-free one, may be called only while the window is open in all of them; if it never is, the
zone that the campaign sets counts. A number of which no zone is known is in that zone, or is not called at all.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone

from engine.features.campaigns.model import Options, Window
from engine.features.errors import InvalidSetting

DAYS_AHEAD = 8
"""How far ahead an opening is looked for: a window opens at least once a week."""
MINUTES = 24 * 60
NO_ZONE = "no_time_zone"
NO_HOURS = "no_common_hours"
"""Why a number is never called: none of its zones is known; the windows are never open in all of them."""
Zones = tuple[str, ...]


@lru_cache(maxsize=20_000)
def zones_of_number(digits: str) -> Zones:
    """Return the time zones of a number's prefix (IANA); none if they are not known."""
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return ()
    found = timezone.time_zones_for_number(number)
    return tuple(name for name in found if name != timezone.UNKNOWN_TIMEZONE)


def zones(digits: str, options: Options) -> Zones:
    """Return the zones in which a campaign calls a number; none: it must not."""
    own = zones_of_number(digits) if options.zone_by_number else ()
    if own and all(_zone(name) for name in own):
        return own
    return _set(options)


def _set(options: Options) -> Zones:
    return (options.zone,) if _zone(options.zone) else ()


def opens(digits: str, options: Options, now: float) -> float | None:
    """Return from when a campaign may call a number: `now`, a time to come, or None: never."""
    return opens_in(zones(digits, options), options, now) if options.windows else now


def opens_in(found: Zones, options: Options, now: float) -> float | None:
    """Return from when a campaign may call a number of these `zones`, as `opens` does."""
    if not options.windows:
        return now
    for names in (found, _set(options)) if len(found) > 1 else (found,):
        begins = _opens(names, options.windows, int(now // 60)) if names else None
        if begins is not None:
            return max(begins, now)
    return None


def why_never(digits: str, options: Options) -> str:
    """Return why a number never `opens`."""
    return NO_HOURS if zones(digits, options) else NO_ZONE


def is_open(digits: str, options: Options, now: float) -> bool:
    """Whether a campaign may call a number now."""
    return opens(digits, options, now) == now


def is_zone(name: str) -> bool:
    """Whether a time zone of this name is known."""
    return _zone(name) is not None


def checked(window: Window) -> Window:
    """Refuse a window that is none; raises InvalidSetting."""
    if not window.days or any(day not in range(1, 8) for day in window.days):
        raise InvalidSetting(f"days must be numbers from 1 (Monday) to 7 (got {list(window.days)}).")
    if not _minute(window.start) < _minute(window.end):
        raise InvalidSetting(f"start must be before end (got {window.start} and {window.end}): use two windows.")
    return window


@lru_cache(maxsize=10_000)
def _opens(names: Zones, windows: tuple[Window, ...], minute: int) -> float | None:
    """Return from when it is open in all zones (Unix seconds), at the earliest at a minute (Unix minutes)."""
    now = minute * 60.0
    if _open(names, windows, now):
        return now
    until = now + DAYS_AHEAD * 86_400
    starts = sorted({start for name in names for start in _starts(name, windows, now) if now < start <= until})
    return next((start for start in starts if _open(names, windows, start)), None)


def _open(names: Zones, windows: Sequence[Window], at: float) -> bool:
    return all(_open_in(name, windows, at) for name in names)


def _open_in(name: str, windows: Sequence[Window], at: float) -> bool:
    zone = _zone(name)
    if zone is None:
        return False
    local = datetime.fromtimestamp(at, zone)
    minute = local.hour * 60 + local.minute
    return any(
        local.isoweekday() in window.days and _minute(window.start) <= minute < _minute(window.end)
        for window in windows
    )


def _starts(name: str, windows: Sequence[Window], now: float) -> Iterator[float]:
    """Return when the windows begin in a zone. What a change of the clock leaves out begins behind it."""
    zone = _zone(name)
    if zone is None:
        return
    today = datetime.fromtimestamp(now, zone).date()
    for ahead in range(-1, DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        for window in windows:
            if day.isoweekday() in window.days:
                hour, minute = divmod(_minute(window.start), 60)
                begins = datetime.combine(day, time(hour, minute), zone)
                yield begins.astimezone(UTC).timestamp()


def _minute(text: str) -> int:
    """Return HH:MM as minutes since midnight; raises InvalidSetting."""
    hour, colon, minute = text.partition(":")
    known = colon and len(hour) == len(minute) == 2 and (hour + minute).isascii() and (hour + minute).isdigit()
    found = int(hour) * 60 + int(minute) if known and int(minute) < 60 else -1
    if not 0 <= found <= MINUTES:
        raise InvalidSetting(f"start and end must be times as HH:MM, 00:00 to 24:00 (got {text!r}).")
    return found


@lru_cache(maxsize=1000)
def _zone(name: str) -> ZoneInfo | None:
    """Return a time zone; None if none of this name is known."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
