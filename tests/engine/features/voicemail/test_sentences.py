"""The sentences of the menu: every language of a box has all of them, with the same blanks, and not too long."""

import re

import pytest

from engine.features.voicemail.listening.phrases import Phrases
from engine.features.voicemail.listening.sentences import SENTENCES, phrases_of
from engine.features.voicemail.wording import LANGUAGES
from engine.media.prompt import PromptSettings

NOW = 1_800_000_000.0  # 2027-01-15 08:00 UTC
DAY = 86_400.0


def blanks(text: str) -> set[str]:
    """What is filled in."""
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", Phrases._fields)
def test_a_sentence_has_the_blanks_of_the_english_one(language: str, name: str) -> None:
    text, english = getattr(SENTENCES[language], name), getattr(SENTENCES["en"], name)
    assert blanks(text) == blanks(english)
    assert 0 < len(text) < PromptSettings().max_text


def test_the_languages_are_those_of_boxes() -> None:
    assert set(SENTENCES) == set(LANGUAGES)
    assert phrases_of("de-AT") is SENTENCES["de"]


def test_a_message_is_introduced_by_its_caller_digit_by_digit_and_its_time() -> None:
    phrases = phrases_of("en-US")
    assert phrases.said_message("+12025550114", NOW - 3600, NOW, read=False) == (
        "New message from 1 2 0 2 5 5 5 0 1 1 4, received today at 07:00 UTC."
    )
    assert phrases.said_message("", NOW - DAY, NOW, read=True) == (
        "Message from an unknown caller, received yesterday at 08:00 UTC."
    )
    assert "on day 5 of month 1 at 08:00 UTC" in phrases.said_message("101", NOW - 10 * DAY, NOW, read=True)
