"""What the code that a caller enters leads to; features know the codes (Feature.gates)."""

from engine.calls.outbound import with_ids
from engine.calls.session import Session
from engine.queues.roles import SteeringSubject
from engine.tasks.enter_code import EnterCode
from engine.tasks.results import TaskFailed


class CallGates:
    """Takes the codes of one call to who knows them (engine.queues.roles.Gates)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def enter(self, task: EnterCode, code: str, on: SteeringSubject) -> bool:
        """Queue what the code leads to instead of what is queued behind the task; False: it is wrong."""
        gate = self._session.services.gates.get(task.gate)
        if gate is None:
            raise TaskFailed("no_gate", f"Nothing takes codes for {task.gate}.")
        found = await gate.open(self._session.call, task.target, code)
        if found is None:
            return False
        await on.succeeded_by(with_ids(found), lambda conn: None)
        return True
