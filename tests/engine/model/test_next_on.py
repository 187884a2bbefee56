"""Which endings let the next route be tried."""

import pytest

from engine.model.cause import HangupCause, cause_of
from engine.model.next_on import STANDARD, parse

FINAL = (300, 301, 302, 305, 380, 403, 404, 410, 428, 433, 436, 437, 438, 480, 482, 483, 484, 485, 486, 487,
         600, 603, 604, 606, 607, 608, 699)  # fmt: skip
NEXT = (400, 401, 402, 405, 407, 408, 415, 420, 488, 491, 500, 501, 502, 503, 504, 505, 513, 580, 599)


def lets(setting: str, status: int) -> bool:
    cause = cause_of(q850=127, sip=status, answered=False, soft=False)
    return parse(setting).lets(cause, status)


@pytest.mark.parametrize("status", FINAL)
def test_what_is_said_of_the_party_the_caller_or_the_call_is_final(status: int) -> None:
    assert not lets("", status)


@pytest.mark.parametrize("status", NEXT)
def test_what_a_carrier_says_of_itself_or_of_our_request_lets_the_next_one_be_tried(status: int) -> None:
    assert lets("", status)


@pytest.mark.parametrize("cause", ["no_route", "no_response", "congestion", "network_error", "not_acceptable", "error"])
def test_so_does_what_ends_an_attempt_without_an_answer(cause: str) -> None:
    assert STANDARD.lets(HangupCause(cause), None)


@pytest.mark.parametrize("cause", ["normal", "no_answer", "cancelled", "media_node_lost", "no_credit", "over_limit"])
def test_what_we_end_ourselves_is_final(cause: str) -> None:
    assert not STANDARD.lets(HangupCause(cause), None)


@pytest.mark.parametrize(
    ("setting", "next_on", "final"),
    [
        ("default", (503, 500), (486, 403, 603)),
        ("default,403,603", (503, 403, 603), (486, 604)),
        ("default, -503", (500, 408), (503,)),
        ("default,6xx,-607", (503, 603, 600), (607, 302)),
        ("default,busy", (486,), (600,)),  # 600 is final by its class
        ("5xx", (503, 580), (408, 401)),
        ("503", (503,), (500, 408)),
        ("congestion", (503,), (500,)),
        ("4xx,-404,-486", (403, 480), (404, 486, 503)),
        ("never", (), (503, 408, 486)),
    ],
)
def test_a_trunk_s_setting_says_otherwise(setting: str, next_on: tuple[int, ...], final: tuple[int, ...]) -> None:
    assert [status for status in (*next_on, *final) if lets(setting, status)] == list(next_on)


@pytest.mark.parametrize("setting", ["sometimes", "default,299", "700", "7xx", "-", "default,-never", "\u066503"])
def test_a_setting_that_is_none_is_refused_with_its_word(setting: str) -> None:
    word = setting.rpartition(",")[2]
    with pytest.raises(ValueError, match="next_on takes default, never, causes") as refused:
        parse(setting)
    assert repr(word) in str(refused.value)
