"""What brings a code."""

import re

import pytest

from engine.features.caller_ids import sending
from engine.features.caller_ids.model import DIGITS, Code, WantedCode
from engine.features.errors import InvalidSetting
from engine.platform import one_time_codes
from engine.tasks import kinds
from tests.support.digits import stands_in


def test_codes_are_six_digits_and_differ() -> None:
    codes = {one_time_codes.new_code(DIGITS) for _ in range(1000)}
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(codes) > 990


def test_a_call_is_a_conversation_and_none_of_its_tasks_has_the_code() -> None:
    code = Code(
        id="code-1", account="acct-1", user="", number="12015550100", how="call", code="407193", make_default=False,
        created=0.0, expires=600.0, tries=5,
    )  # fmt: skip
    command = sending.call_of(code, WantedCode(number="12015550100", how="call", message="Hello: {code}"))
    assert [kinds.kind_of(task) for task in command.tasks] == ["pause", "converse", "hang_up"]
    stored = kinds.encode_list(command.tasks)
    assert not stands_in("407193", stored) and "code-1" in stored and "Hello: {code}" in stored


def test_a_text_has_the_code_wherever_the_message_wants_it() -> None:
    wanted = WantedCode(number="1", message="{code}, once more {code}")
    assert sending.text_of(wanted, "407193") == "407193, once more 407193"
    assert "407193" in sending.text_of(WantedCode(number="1"), "407193")


@pytest.mark.parametrize("message", ["without", "{code}" + "x" * 300])
def test_a_message_without_the_code_or_too_long_is_refused(message: str) -> None:
    with pytest.raises(InvalidSetting, match="message must have"):
        sending.check(WantedCode(number="1", message=message))
