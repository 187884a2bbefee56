"""What a call knows of conferences: enough to join and leave one."""

from typing import Protocol

from engine.calls.session import Session
from engine.model.conference_rules import ConferenceRules
from engine.tasks.interfaces import Subject
from engine.tasks.join_conference import JoinConference


class LiveConference(Protocol):
    """A live conference, seen by a call."""

    @property
    def name(self) -> str:
        """Its name within its account; empty for a moderator's."""

    async def take_part(self, session: Session, task: JoinConference, on: Subject) -> None:
        """Be in it until it ends, the call leaves or ends; raises TaskFailed."""

    def leave(self, session: Session) -> None:
        """Take the call out now; without effect for the moderator."""

    async def departed(self, session: Session) -> bool:
        """Wait until a call that is leaving is out; False at once for one that is not."""


class ConferenceDirectory(Protocol):
    """The live conferences of this controller."""

    def find(self, account: str, conference: str) -> LiveConference | None:
        """A live conference of the account's, or None."""

    async def named(self, account: str, name: str, task: str, rules: ConferenceRules | None = None) -> LiveConference:
        """The account's conference of this name, made where there is none, for the task that joins it.

        It is made with `rules`. A task that an earlier controller began gets the one that it was in. Raises TaskFailed.
        """
