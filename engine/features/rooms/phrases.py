"""What callers of rooms hear before they are in one, by language (engine.features.rooms.languages)."""

from datetime import datetime

from engine.features.rooms.languages import PHRASES
from engine.features.rooms.model import RoomSettings
from engine.tasks.say import Say


def text(language: str, phrase: str, **values: object) -> str:
    """Return a phrase in a locale's language, in English where that has none."""
    phrases = PHRASES.get(language.partition("-")[0].lower(), PHRASES["en"])
    return phrases[phrase].format(**values)


def said(language: str, phrase: str, **values: object) -> Say:
    """Return a phrase as an announcement."""
    return Say(text=text(language, phrase, **values), locale=language)


def opening(settings: RoomSettings, opens: float) -> Say:
    """Say when a room opens, in its zone."""
    at, language = datetime.fromtimestamp(opens, settings.zone), settings.language
    day = text(language, "day", day=at.day, month=text(language, "months").split()[at.month - 1])
    clock = {
        "hour": at.hour,
        "hour12": at.hour % 12 or 12,
        "half": "AM" if at.hour < 12 else "PM",
        "minute": f"{at.minute:02d}",
        "bare": at.minute or "",
    }
    zone = settings.timezone.rpartition("/")[2].replace("_", " ")
    return said(language, "opens", day=day, time=text(language, "clock", **clock).strip(), zone=zone)
