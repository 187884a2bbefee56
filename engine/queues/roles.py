"""Everything that a call or a conference can do for its tasks, put together."""

from collections.abc import Callable, Sequence
from typing import Protocol

from sqlalchemy import Connection

from engine.events import QuestionAsked
from engine.tasks.ask import Ask
from engine.tasks.converse import Converse
from engine.tasks.detect_fax import FaxDetector
from engine.tasks.dial import Dialler
from engine.tasks.fax import Faxer
from engine.tasks.interfaces import Detector, Keypad, Line, Player, Subject
from engine.tasks.join_conference import Joins
from engine.tasks.kinds import AnyTask
from engine.tasks.leave_conference import Leaves
from engine.tasks.offer import Offers
from engine.tasks.pick_up import Picker
from engine.tasks.record import Recorder
from engine.tasks.results import Answered, Dialled
from engine.tasks.ring import Ringer
from engine.tasks.transfer import Transfer


class SteeringSubject(Subject, Protocol):
    """A running task's view of its call, with what decides what is done next."""

    @property
    def question(self) -> QuestionAsked:
        """What this task asks (see Ask): it was committed with its beginning."""

    async def replied(self) -> bool:
        """Wait until this question is over, and what is done next is queued; whether nothing was said."""

    async def fall_silent(self, tasks: Sequence[AnyTask], replace: bool) -> None:
        """End this question without a reply: these are done next. Without effect where a reply is there."""

    async def succeeded_by(self, tasks: Sequence[AnyTask], also: Callable[[Connection], object]) -> None:
        """Commit tasks that are done next, instead of what is queued behind this one; `also` with them.

        This task's effect is accepted with it.
        """


class Mover(Protocol):
    """Moves this call's party to another one."""

    async def transfer(self, task: Transfer, on: SteeringSubject) -> Dialled:
        """Move the party, or give it back; returns then."""


class Connector(Dialler, Ringer, Mover, Protocol):
    """Connects this call to another party, or to the first of several, or moves its party to another one."""


class Conferences(Joins, Leaves, Protocol):
    """Conferences that this call may join and leave."""


class Customer(Protocol):
    """Whoever says what a call does next."""

    async def ask(self, task: Ask, on: SteeringSubject) -> Answered:
        """Ask, and wait for the reply or the end of the time; what was replied is queued next then."""


class Partner(Protocol):
    """Whoever leads conversations by voice and keys."""

    async def converse(self, task: Converse, on: SteeringSubject) -> None:
        """See engine.tasks.converse.Conversing."""


class Router(Offers, Protocol):
    """Finds what a call goes on with."""

    async def lead(self, destination: str, on: SteeringSubject, *, hops: int, by: str = "") -> None:
        """See engine.tasks.interfaces.Subject."""


class Roles(Protocol):
    """Everything that a call or a conference can do for its tasks."""

    @property
    def player(self) -> Player:
        """Plays."""

    @property
    def recorder(self) -> Recorder:
        """Records."""

    @property
    def keypad(self) -> Keypad:
        """Hears and presses digits."""

    @property
    def dialler(self) -> Connector:
        """Connects."""

    @property
    def detector(self) -> Detector:
        """Tells machines from people."""

    @property
    def faxer(self) -> Faxer:
        """Sends and receives faxes."""

    @property
    def fax_detector(self) -> FaxDetector:
        """Listens for calling fax machines."""

    @property
    def conferences(self) -> Conferences:
        """Joins and leaves conferences."""

    @property
    def line(self) -> Line:
        """Hangs up."""

    @property
    def customer(self) -> Customer:
        """Says what to do next."""

    @property
    def partner(self) -> Partner:
        """Leads conversations."""

    @property
    def picker(self) -> Picker:
        """Takes calls that ring elsewhere."""

    @property
    def router(self) -> Router:
        """Leads to destinations."""
