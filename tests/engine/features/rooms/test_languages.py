"""What rooms and conferences say: every language has all phrases, with the same blanks, and says when one opens."""

import re

import pytest

from engine.conferences import languages as conferences
from engine.features.rooms import languages as rooms
from engine.features.rooms.model import RoomSettings
from engine.features.rooms.phrases import opening
from engine.features.voicemail.wording import LANGUAGES

AT = 1_800_000_000.0  # 2027-01-15 08:00 UTC
FREE = {"day", "clock", "months"}
"""Phrases whose blanks are the language's own."""


def blanks(text: str) -> set[str]:
    """What is filled in."""
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("phrases", [conferences.PHRASES, rooms.PHRASES])
def test_each_language_of_boxes_has_each_phrase_with_the_blanks_of_the_english_one(
    phrases: dict[str, dict[str, str]],
) -> None:
    assert set(phrases) == set(LANGUAGES)
    for language, texts in phrases.items():
        assert texts.keys() == phrases["en"].keys(), language
        for name in texts.keys() - FREE:
            assert blanks(texts[name]) == blanks(phrases["en"][name]), (language, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_when_a_room_opens(language: str) -> None:
    settings = RoomSettings(language=language, timezone="Europe/Berlin").checked()
    said = opening(settings, AT).text
    assert "15" in said and "Berlin" in said and "{" not in said
    assert len(rooms.PHRASES[language]["months"].split()) == 12
