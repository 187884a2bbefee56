"""The state table and the cause table, each whole."""

import itertools

import pytest

from engine.calls.cause import CODES, HangupCause, cause_of
from engine.calls.state import CallState, IllegalMove, Trigger, move

LEGAL = {
    ("queued", "dial"): "dialing",
    ("queued", "end"): "ended",
    ("dialing", "dial"): "dialing",
    ("dialing", "ring"): "ringing",
    ("dialing", "answer"): "answered",
    ("dialing", "end"): "ended",
    ("ringing", "dial"): "dialing",
    ("ringing", "ring"): "ringing",
    ("ringing", "answer"): "answered",
    ("ringing", "end"): "ended",
    ("answered", "end"): "ended",
}


@pytest.mark.parametrize(("state", "trigger"), [*itertools.product(CallState, Trigger)])
def test_every_move_is_legal_or_names_itself(state: CallState, trigger: Trigger) -> None:
    if (state, trigger) in LEGAL:
        assert move(state, trigger) == LEGAL[state, trigger]
    else:
        with pytest.raises(IllegalMove, match=f"A call in state {state} cannot {trigger}"):
            move(state, trigger)


def test_every_cause_has_codes() -> None:
    assert set(CODES) == set(HangupCause)
    for cause, codes in CODES.items():
        assert 1 <= codes.q850 <= 127, cause
        assert codes.sip == 0 or 400 <= codes.sip <= 699, cause


# What Asterisk 22 was seen to say: (Q.850, SIP, answered, soft) -> cause
@pytest.mark.parametrize(
    ("q850", "sip", "answered", "soft", "cause"),
    [
        (17, 486, False, False, "busy"),
        (17, 600, False, False, "busy"),
        (21, 603, False, False, "rejected"),
        (21, 403, False, False, "forbidden"),
        (1, 404, False, False, "unknown_number"),
        (28, 484, False, False, "invalid_number"),
        (19, 480, False, False, "unavailable"),
        (19, 480, False, True, "no_answer"),  # our own ring limit: the 480 was made up by Asterisk
        (58, 488, False, False, "not_acceptable"),
        (38, 500, False, False, "network_error"),
        (34, 503, False, False, "congestion"),
        (18, 408, False, False, "no_response"),
        (16, None, False, True, "normal"),
        (16, 603, False, True, "normal"),  # a channel that was never dialled
        (23, 302, False, False, "error"),
        (16, None, True, False, "normal"),
        (17, 486, True, True, "normal"),
        (44, None, True, True, "media_timeout"),
        (99, None, False, False, "error"),
        (99, 699, False, False, "error"),
        (17, 699, False, False, "busy"),
    ],
)
def test_what_asterisk_says_becomes_a_cause(q850: int, sip: int | None, answered: bool, soft: bool, cause: str) -> None:
    assert cause_of(q850=q850, sip=sip, answered=answered, soft=soft) == cause
