"""Conversations that features lead: a turn commits the next one, and is repeated after a restart only if it has not."""

import msgspec
import pytest

from engine.calls.conversation import Next
from engine.model.call import Call
from engine.queues.roles import SteeringSubject
from engine.store.errors import StoreUnavailable
from engine.tasks.converse import Converse
from engine.tasks.hang_up import HangUp
from engine.tasks.results import TaskFailed
from engine.tasks.task import Phase, TaskState
from tests.fakes.ari import FakeAri
from tests.support.exchange import Exchange, Left


class Counting:
    """Counts its turns in its state; the third hangs up."""

    def __init__(self) -> None:
        self.states: list[str] = []

    async def turn(self, call: Call, state: str, on: SteeringSubject) -> Next:
        """Take a turn."""
        self.states.append(state)
        return Next((HangUp(),) if state == "3" else (Converse(topic="count", state=str(int(state) + 1)),))


class Failing:
    """Fails each turn."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def turn(self, call: Call, state: str, on: SteeringSubject) -> Next:
        """Fail."""
        raise self._error


async def test_turns_follow_one_another_and_the_state_is_in_the_queue(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange, counting = stopped_exchange, Counting()
    exchange.conversations["count"] = counting
    call = await exchange.left_behind(
        Left(task=Converse(id="task-1", topic="count", state="1"), state=TaskState.QUEUED)
    )
    await exchange.start()
    await exchange.ended(call.id)
    assert counting.states == ["1", "2", "3"]


async def test_a_turn_is_repeated_after_a_restart_unless_what_follows_it_was_committed(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange, counting = stopped_exchange, Counting()
    exchange.conversations["count"] = counting
    done = Left(task=Converse(id="task-1", topic="count", state="1"), phase=Phase.ACCEPTED)
    following = Left(task=Converse(id="task-2", topic="count", state="3"), state=TaskState.QUEUED)
    first = await exchange.left_behind(done, following)
    await exchange.start()
    await exchange.ended(first.id)
    assert counting.states == ["3"]


async def test_a_conversation_that_nobody_leads_ends_the_call(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange, began = stopped_exchange, stopped_exchange.clock()
    call = await exchange.left_behind(Left(task=Converse(id="task-1", topic="nothing"), state=TaskState.QUEUED))
    await exchange.start()
    await exchange.ended(call.id)
    assert "converse failed unknown_topic" in exchange.story(call.id)
    assert exchange.clock() < began + 10


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TaskFailed("no_voice", "There is no voice."), "no_voice"),
        (StoreUnavailable("The database is away."), "internal_error"),
        (OSError("No space is left."), "internal_error"),
        (msgspec.ValidationError("The state is none."), "internal_error"),
    ],
)
async def test_a_turn_that_fails_leaves_no_silent_call_behind(
    stopped_exchange: Exchange, asterisk: FakeAri, error: Exception, reason: str
) -> None:
    exchange, began = stopped_exchange, stopped_exchange.clock()
    exchange.conversations["count"] = Failing(error)
    call = await exchange.left_behind(
        Left(task=Converse(id="task-1", topic="count", state="1"), state=TaskState.QUEUED)
    )
    await exchange.start()
    await exchange.ended(call.id)
    assert f"converse failed {reason}" in exchange.story(call.id)
    assert exchange.clock() < began + 10
