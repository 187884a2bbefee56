"""Take part in a conference."""

import contextlib
from enum import StrEnum
from typing import ClassVar, Protocol

from engine.ari.errors import AriError
from engine.model.conference_rules import ConferenceRules
from engine.tasks.interfaces import Subject
from engine.tasks.playing import Series
from engine.tasks.results import Dismissed, Done, TaskFailed
from engine.tasks.say import Say
from engine.tasks.task import Recovery, Task


class ConferenceDigits(StrEnum):
    """What happens with a participant's digits; only a conference with a name collects them."""

    IGNORE = "ignore"  # the others do not hear them
    FORWARD = "forward"  # they are passed to the others
    DETECT = "detect"  # they are collected into DigitsCollected; the others do not hear them


class JoinConference(Task, frozen=True, kw_only=True, tag="join_conference"):
    """Join a conference while the queue continues, until the call leaves it or one of the two ends.

    The conference is given by its id (`conference`), or by its `name` within the account: then the first participant
    creates it, it has no moderator, and it ends when the last one leaves. A call that is in another named conference
    moves, and a call that is in this one already stays. The other fields apply to named conferences only:
    `digits` says what happens with the participant's digits; the others hear them only with "forward".
    `music` (a class of music on hold) is what the participant hears while it is alone; None: silence.
    `digits` "detect" collects up to `most_digits`, until `terminator` (not with one digit) or until nothing was
    pressed for `silence_seconds`; a `question` is then asked about them, in the call's queue.
    `join_moderator`: the moderator, if she waits for a participant, joins too.
    `rules`: an admin leads the conference, and keys do what engine.conferences.member_keys says, in the place of
    `digits`; the first participant's rules are the conference's. `admin`: this participant leads it. `spoken`: the
    name by which it is announced. `sorry` is spoken to a call that cannot take part, which then ends; None: its queue
    goes on.
    """

    recovery: ClassVar[Recovery] = Recovery.ADOPT
    graceful: ClassVar[bool] = True

    conference: str = ""
    name: str = ""
    join_moderator: bool = True
    music: str | None = None
    digits: ConferenceDigits = ConferenceDigits.IGNORE
    most_digits: int = 1
    silence_seconds: float = 3.0
    terminator: str = "#"
    question: str = ""
    rules: ConferenceRules | None = None
    admin: bool = False
    spoken: str = ""
    sorry: Say | None = None

    @property
    def background(self) -> bool:
        """A participant's queue goes on, so that a queued LeaveConference can run."""
        return True

    async def run(self, on: "Joining") -> Done:
        """Take part until it is over."""
        try:
            await on.conferences.join(self, on)
        except (TaskFailed, AriError) as error:
            if self.sorry and not isinstance(error, Dismissed) and not await on.only_the_end(error):
                with contextlib.suppress(TaskFailed, AriError):
                    await Series(on).play((self.sorry,))
                await on.line.hang_up()
            raise
        return Done()


class Joins(Protocol):
    """Conferences that this call may join."""

    async def join(self, task: JoinConference, on: Subject) -> None:
        """Take part until it ends, the call leaves or ends; raises TaskFailed where it cannot."""


class Joining(Subject, Protocol):
    """What a JoinConference needs."""

    @property
    def conferences(self) -> Joins:
        """Joins conferences."""
