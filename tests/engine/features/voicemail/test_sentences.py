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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_time_is_that_of_the_box_and_is_not_called_utc_then(language: str) -> None:
    phrases = phrases_of(language)
    local = phrases.said_message("101", NOW, NOW, read=False, timezone="Asia/Kathmandu")
    assert "13" in local and "45" in local, "a quarter of an hour before 14:00"
    assert phrases.utc not in local and phrases.utc in phrases.said_message("101", NOW, NOW, read=False)


@pytest.mark.parametrize(("timezone", "when"), [
    ("UTC", "today at 00:30"), ("America/New_York", "today at 19:30"), ("Asia/Kathmandu", "today at 06:15"),
])  # fmt: skip
def test_today_is_the_day_of_the_box(timezone: str, when: str) -> None:
    midnight = NOW - NOW % DAY
    assert when in phrases_of("en").said_message("101", midnight + 1800, midnight + 2000, read=False, timezone=timezone)


def test_yesterday_is_that_of_the_box() -> None:
    midnight = NOW - NOW % DAY
    said = phrases_of("en").said_message("101", midnight + 4.5 * 3600, midnight + 12 * 3600, read=False,
                                         timezone="America/New_York")  # fmt: skip
    assert "yesterday at 23:30" in said


def test_a_clock_that_was_set_back_counts_as_it_was_then() -> None:
    summer = 1_824_940_800.0  # 2027-10-31 00:00 UTC: 02:00 in Berlin, an hour before the clock is set back
    said = phrases_of("en").said_message("101", summer, summer + 12 * 3600, read=False, timezone="Europe/Berlin")
    assert "today at 02:00" in said
