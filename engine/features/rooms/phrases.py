"""What callers of rooms hear before they are in one, by language."""

from datetime import datetime

from engine.features.rooms.model import RoomSettings
from engine.tasks.say import Say

_ENGLISH = {
    "pin": "Please enter your PIN, followed by the pound key.",
    "again": "This PIN is not right. Please try again.",
    "farewell": "This PIN is not right. Goodbye.",
    "too_many": "Too many wrong PINs were entered. Please try again later. Goodbye.",
    "opens": "The conference opens on {day} at {time}, {zone}. Goodbye.",
    "closed": "The conference is over. Goodbye.",
    "number": "The caller ending in {digits}",
}
_GERMAN = {
    "pin": "Bitte geben Sie Ihre PIN ein, und danach die Rautetaste.",
    "again": "Diese PIN ist nicht richtig. Bitte versuchen Sie es noch einmal.",
    "farewell": "Diese PIN ist nicht richtig. Auf Wiederhören.",
    "too_many": "Es wurden zu viele falsche PINs eingegeben. Bitte versuchen Sie es später. Auf Wiederhören.",
    "opens": "Die Konferenz beginnt am {day} um {time}, {zone}. Auf Wiederhören.",
    "closed": "Die Konferenz ist vorbei. Auf Wiederhören.",
    "number": "Der Anrufer mit den Endziffern {digits}",
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}


def text(language: str, phrase: str, **values: object) -> str:
    """Return a phrase in a locale's language, in English where that has none."""
    return (_GERMAN if _is_german(language) else _ENGLISH)[phrase].format(**values)


def said(language: str, phrase: str, **values: object) -> Say:
    """Return a phrase as an announcement."""
    return Say(text=text(language, phrase, **values), locale=language)


def opening(settings: RoomSettings, opens: float) -> Say:
    """Say when a room opens, in its zone."""
    at, language = datetime.fromtimestamp(opens, settings.zone), settings.language
    if _is_german(language):
        day, time = f"{at.day}. {_month('de', at)}", f"{at.hour} Uhr {at.minute or ''}".strip()
    else:
        day = f"{_month('en', at)} {at.day}"
        time = f"{at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"
    zone = settings.timezone.rpartition("/")[2].replace("_", " ")
    return said(language, "opens", day=day, time=time, zone=zone)


def _is_german(language: str) -> bool:
    return language.partition("-")[0].lower() == "de"


def _month(language: str, at: datetime) -> str:
    return _MONTHS[language].split()[at.month - 1]
