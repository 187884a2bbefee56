"""Take part in a conference."""

from typing import ClassVar

from engine.tasks.results import Done
from engine.tasks.roles import Subject
from engine.tasks.task import Recovery, Task


class JoinConference(Task, frozen=True, kw_only=True, tag="join_conference"):
    """Join `conference`, beside what follows, until leaving it, its end or the call's.

    `join_moderator`: the moderator, if she waits for a participant, joins too.
    """

    recovery: ClassVar[Recovery] = Recovery.ADOPT
    graceful: ClassVar[bool] = True

    conference: str
    join_moderator: bool = True

    @property
    def background(self) -> bool:
        """A participant's queue goes on, so that a queued LeaveConference can run."""
        return True

    async def run(self, on: Subject) -> Done:
        """Take part until it is over."""
        await on.conferences.join(self.conference, on, join_moderator=self.join_moderator)
        return Done()
