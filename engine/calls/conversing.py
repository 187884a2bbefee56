"""The conversations of one call, each led by a feature: one turn is one task (engine.tasks.converse)."""

from engine.ari.errors import AriError
from engine.calls.outbound import with_ids
from engine.calls.session import Session
from engine.queues.roles import SteeringSubject
from engine.store.errors import Fenced, StoreClosed
from engine.tasks.converse import Converse
from engine.tasks.results import TaskFailed


class CallConversations:
    """Takes turns (engine.queues.roles.Partner)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def converse(self, task: Converse, on: SteeringSubject) -> None:
        """See engine.tasks.converse.Conversing."""
        try:
            await self._turn(task, on)
        except (Fenced, StoreClosed):
            raise  # the next controller takes the turn again
        except Exception as error:  # nothing is queued behind a turn: the call would stay silent
            ending = isinstance(error, TaskFailed | AriError) and await on.only_the_end(error)
            if not ending and not self._session.services.leaving():
                self._session.hang_up_behind()
            raise

    async def _turn(self, task: Converse, on: SteeringSubject) -> None:
        topic = self._session.services.conversations.get(task.topic)
        if topic is None:
            raise TaskFailed("unknown_topic", f"Nobody leads a conversation about {task.topic!r}.")
        await on.started()
        tasks, also = await topic.turn(self._session.call, task.state, on)
        await on.succeeded_by(tuple(task if task.id else with_ids((task,))[0] for task in tasks), also)
