"""The conversations of one call, each led by a feature: one turn is one task (engine.tasks.converse)."""

from engine.ari.errors import AriError
from engine.calls.outbound import with_ids
from engine.calls.session import Session
from engine.queues.roles import SteeringSubject
from engine.tasks.converse import Converse
from engine.tasks.results import TaskFailed


class CallConversations:
    """Takes turns (engine.queues.roles.Partner)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def converse(self, task: Converse, on: SteeringSubject) -> None:
        """See engine.tasks.converse.Conversing."""
        topic = self._session.services.conversations.get(task.topic)
        if topic is None:
            raise TaskFailed("unknown_topic", f"Nobody leads a conversation about {task.topic!r}.")
        await on.started()
        try:
            tasks, also = await topic.turn(self._session.call, task.state, on)
        except (TaskFailed, AriError) as error:
            if not await on.only_the_end(error):  # nothing is queued behind a turn: the call would stay silent
                self._session.hang_up_behind()
            raise
        await on.succeeded_by(tuple(task if task.id else with_ids((task,))[0] for task in tasks), also)
