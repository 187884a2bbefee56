"""The state table and the cause table, each whole."""

import asyncio
import itertools

import pytest

from engine.calls.state import RECORDED, IllegalMove, LiveState, Milestone, StateMachine, Trigger, move
from engine.model.call import CallState
from engine.model.cause import CODES, HangupCause, cause_of
from tests.support.clock import settled

LEGAL = {
    ("queued", "dial"): "dialing",
    ("queued", "hang_up"): "cancelling",
    ("queued", "lose"): "gone",
    ("dialing", "dial"): "dialing",
    ("dialing", "ring"): "ringing",
    ("dialing", "answer"): "answered",
    ("dialing", "hang_up"): "cancelling",
    ("dialing", "lose"): "gone",
    ("ringing", "dial"): "dialing",
    ("ringing", "ring"): "ringing",
    ("ringing", "answer"): "answered",
    ("ringing", "hang_up"): "cancelling",
    ("ringing", "lose"): "gone",
    ("answered", "hang_up"): "hanging_up",
    ("answered", "lose"): "gone",
    ("cancelling", "dial"): "dialing",
    ("cancelling", "ring"): "cancelling",
    ("cancelling", "answer"): "hanging_up",
    ("cancelling", "hang_up"): "cancelling",
    ("cancelling", "lose"): "gone",
    ("hanging_up", "hang_up"): "hanging_up",
    ("hanging_up", "lose"): "gone",
    ("gone", "hang_up"): "gone",
    ("gone", "end"): "ended",
    ("ended", "hang_up"): "ended",
}


@pytest.mark.parametrize(("state", "trigger"), [*itertools.product(LiveState, Trigger)])
def test_every_move_is_legal_or_names_itself(state: LiveState, trigger: Trigger) -> None:
    if (state, trigger) in LEGAL:
        assert move(state, trigger) == LEGAL[state, trigger]
    else:
        with pytest.raises(IllegalMove, match=f"A call in state {state} cannot {trigger}"):
            move(state, trigger)


def test_what_is_stored_of_a_call_is_where_a_restarted_controller_goes_on_from() -> None:
    assert {LiveState(state) for state in CallState} < set(LiveState)
    assert set(RECORDED.values()) == set(CallState) - {CallState.QUEUED}


@pytest.mark.parametrize(
    ("triggers", "reached"),
    [
        ((), ""),
        (("dial", "ring"), ""),
        (("dial", "answer"), "answered"),
        (("dial", "answer", "hang_up"), "answered hanging_up"),
        (("dial", "hang_up"), "hanging_up"),
        (("dial", "hang_up", "dial"), ""),
        (("dial", "hang_up", "answer"), "answered hanging_up"),
        (("dial", "answer", "lose"), "answered hanging_up gone"),
        (("lose", "end"), "hanging_up gone ended"),
    ],
)
async def test_who_waits_for_a_call_is_woken_when_it_comes_to_that(triggers: tuple[str, ...], reached: str) -> None:
    machine = StateMachine(CallState.QUEUED)
    woken: list[str] = []

    async def wait(milestone: Milestone) -> None:
        await machine.until(milestone)
        woken.append(milestone)

    waiting = [asyncio.create_task(wait(milestone)) for milestone in Milestone]
    await settled()
    for trigger in triggers:
        machine.move(Trigger(trigger))
    await settled()
    assert [one for one in Milestone if machine.reached(one)] == reached.split()
    assert sorted(woken) == sorted({*reached.split()} | ({"hanging_up"} if "hang_up" in triggers else set()))
    for one in waiting:
        one.cancel()


def test_a_restored_call_is_where_its_record_says() -> None:
    machine = StateMachine(CallState.ANSWERED)
    assert machine.reached(Milestone.ANSWERED) and not machine.reached(Milestone.HANGING_UP)


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
        (23, 302, False, False, "redirected"),
        (16, 300, False, False, "redirected"),
        (16, 301, False, False, "redirected"),
        (16, 305, False, False, "redirected"),
        (16, 380, False, False, "redirected"),
        (127, 402, False, False, "payment_required"),
        (127, 428, False, False, "identity_refused"),
        (127, 433, False, False, "anonymity_refused"),
        (127, 436, False, False, "identity_refused"),
        (127, 482, False, False, "loop"),
        (19, 483, False, False, "loop"),
        (127, 607, False, False, "unwanted"),
        (127, 608, False, False, "blocked"),
        (127, 420, False, False, "error"),  # 4xx that is not known: as 400
        (29, 501, False, False, "network_error"),  # 5xx that is not known: as 500
        (16, None, True, False, "normal"),
        (17, 486, True, True, "normal"),
        (44, None, True, True, "media_timeout"),
        (99, None, False, False, "error"),
        (99, 699, False, False, "rejected"),  # 6xx that is not known: as 600, declined
        (18, 408, True, False, "session_expired"),
        (18, 408, True, True, "normal"),
        (19, 480, True, False, "normal"),
    ],
)
def test_what_asterisk_says_becomes_a_cause(q850: int, sip: int | None, answered: bool, soft: bool, cause: str) -> None:
    assert cause_of(q850=q850, sip=sip, answered=answered, soft=soft) == cause
