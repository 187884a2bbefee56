"""What brings a code."""

import re

import pytest

from engine.features.caller_ids import sending
from engine.features.caller_ids.model import DIGITS, WantedCode
from engine.features.errors import InvalidSetting
from engine.platform import one_time_codes
from engine.tasks import kinds
from engine.tasks.say import Say


def test_codes_are_six_digits_and_differ() -> None:
    codes = {one_time_codes.new_code(DIGITS) for _ in range(1000)}
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(codes) > 990


def test_a_call_says_each_digit_for_itself_and_all_twice_and_shows_none() -> None:
    command = sending.call_of("acct-1", "12015550100", WantedCode(number="12015550100", how="call"), "407193")
    said = [task for task in command.tasks if isinstance(task, Say)]
    assert [task.text for task in said] == ["Hello. This is your code. 4. 0. 7. 1. 9. 3."] * 2
    assert all(kinds.shown(task)["text"] == "***" for task in said)
    assert [kinds.kind_of(task) for task in command.tasks] == ["pause", "say", "pause", "say", "hang_up"]


def test_a_text_has_the_code_wherever_the_message_wants_it() -> None:
    wanted = WantedCode(number="1", message="{code}, once more {code}")
    assert sending.text_of(wanted, "407193") == "407193, once more 407193"
    assert "407193" in sending.text_of(WantedCode(number="1"), "407193")


@pytest.mark.parametrize("message", ["without", "{code}" + "x" * 300])
def test_a_message_without_the_code_or_too_long_is_refused(message: str) -> None:
    with pytest.raises(InvalidSetting, match="message must have"):
        sending.check(WantedCode(number="1", message=message))
