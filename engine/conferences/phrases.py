"""What a conference that an admin leads says, by language (engine.conferences.languages)."""

from engine.conferences.languages import PHRASES
from engine.tasks.say import Say

LANGUAGES = tuple(sorted(PHRASES))
"""The languages (BCP 47, without a region) that a conference speaks."""


def text(language: str, phrase: str, **values: object) -> str:
    """Return a phrase in a locale's language, in English where that has none."""
    phrases = PHRASES.get(language.partition("-")[0].lower(), PHRASES["en"])
    return phrases[phrase].format(**values)


def said(language: str, *phrases: str, **values: object) -> Say:
    """Return phrases in one announcement."""
    return Say(text=" ".join(text(language, phrase, **values) for phrase in phrases), locale=language)
