"""Digits that a participant presses, put together."""

import contextlib

from engine.conferences.member import Member
from engine.queues.queue import QueueClosed
from engine.tasks.ask import Ask
from engine.tasks.join_conference import JoinConference
from engine.tasks.next_digit import Keys
from engine.tasks.results import Digits


async def collect(member: Member, task: JoinConference) -> None:
    """Tell each sequence that the participant presses (see JoinConference), until cancelled; then what it began."""
    collected = ""
    with member.session.media.digits.taking() as digits:
        keys = Keys(digits)
        try:
            while True:
                how = "sequence"
                while len(collected) < task.most_digits:
                    heard = await keys.next(task.silence_seconds if collected else None)
                    if heard is None:
                        how = "timeout"
                        break
                    if heard.digit == task.terminator and task.most_digits > 1:
                        break
                    collected += heard.digit
                pressed, collected = Digits(digits=collected, timed_out=how == "timeout"), ""
                member.collected(pressed.digits, how)
                if task.question:
                    with contextlib.suppress(QueueClosed):
                        await member.session.queue.append((Ask(question=task.question, given=pressed),))
        finally:
            if collected and not member.session.services.leaving():
                member.collected(collected, "left")
