"""Who leads conversations by voice and keys; features do (engine.platform.feature.Feature.conversations)."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from engine.model.call import Call
from engine.queues.roles import SteeringSubject
from engine.tasks.kinds import AnyTask


def nothing(conn: Connection) -> None:
    """Nothing is committed besides."""


class Next(NamedTuple):
    """What follows a turn, and what is committed with it. Tasks without an id get one."""

    tasks: tuple[AnyTask, ...]
    also: Callable[[Connection], object] = nothing


class Conversation(Protocol):
    """Leads the conversations about one topic."""

    async def turn(self, call: Call, state: str, on: SteeringSubject) -> Next:
        """Speak, hear, and say what follows. It may be taken again from its beginning after a restart."""


Conversations = Mapping[str, Conversation]
"""By their topics."""
