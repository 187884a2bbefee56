"""Digits that a participant presses, put together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from engine.calls.keypad import PressedDigit
from engine.conferences.member import Member
from engine.tasks.ask import Ask
from engine.tasks.join_conference import JoinConference
from engine.tasks.queue import QueueClosed
from engine.tasks.results import Digits


async def collect(member: Member, task: JoinConference) -> None:
    """Tell each sequence that the participant presses (see JoinConference), until cancelled."""
    with member.session.digits.listening() as digits:
        hearing = _hear(digits)
        try:
            while True:
                collected, how = "", "sequence"
                while len(collected) < task.most_digits:
                    silence = task.silence_seconds if collected else None
                    await asyncio.wait((hearing,), timeout=silence)
                    if not hearing.done():
                        how = "timeout"
                        break
                    digit, hearing = hearing.result(), _hear(digits)
                    if digit == task.terminator and task.most_digits > 1:
                        break
                    collected += digit
                member.collected(collected, how)
                if task.question:
                    pressed = Digits(digits=collected, timed_out=how == "timeout")
                    with contextlib.suppress(QueueClosed):
                        await member.session.queue.append((Ask(question=task.question, given=pressed),))
        finally:
            hearing.cancel()


def _hear(digits: AsyncIterator[PressedDigit]) -> "asyncio.Task[str]":
    """Wait for a digit beside a clock: a wait that is cancelled would end the iterator."""

    async def next_digit() -> str:
        return (await anext(digits)).digit

    return asyncio.create_task(next_digit(), name="next digit of a participant")
