"""Routes each command to the call or conference it names."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.calls.asking import Replies
from engine.calls.outbound import OutboundCalls, with_ids
from engine.calls.registry import Registry
from engine.calls.session import Session
from engine.calls.transfer_requests import TransferRequests
from engine.commands import (
    CancelTask,
    Command,
    Enqueue,
    FindConference,
    HangUpCall,
    HangUpConference,
    HoldMember,
    KickMember,
    LeaveNow,
    LockConference,
    MuteAll,
    MuteMember,
    NoSuchCall,
    NoSuchConference,
    NoSuchTask,
    PlaceCall,
    QueryConference,
    Redirect,
    Reply,
    StartConference,
    StopTasks,
    TransferCall,
)
from engine.conferences.conferences import Conferences
from engine.model.call import Call
from engine.queues.entry import StopReason
from engine.queues.queue import Queue, QueueClosed

_GONE_CALL = "There is no such call, or it has ended."
_GONE_CONFERENCE = "There is no such conference, or it has ended."


class Dispatcher:
    """Carries out each kind of command."""

    def __init__(self, registry: Registry, conferences: Conferences, outbound: OutboundCalls) -> None:
        self._registry, self._conferences, self._outbound = registry, conferences, outbound
        self._replies = Replies(registry)
        self._of_features: set[type[Command[Any]]] = set()
        self._by_kind: dict[type[Command[Any]], Callable[[Any], Any]] = {
            PlaceCall: self._place,
            Enqueue: self._enqueue,
            CancelTask: self._cancel,
            Reply: self._replies.reply,
            Redirect: self._replies.redirect,
            HangUpCall: self._hang_up,
            TransferCall: TransferRequests(registry).transfer,
            StopTasks: self._stop,
            StartConference: self._conferences.start,
            LeaveNow: self._leave,
            HangUpConference: self._conferences.hang_up,
            QueryConference: self._query,
            FindConference: self._find,
            MuteMember: self._conferences.mute,
            HoldMember: self._conferences.hold,
            KickMember: self._conferences.kick,
            LockConference: self._conferences.lock,
            MuteAll: self._conferences.mute_all,
        }

    def add(self, handlers: Mapping[type[Command[Any]], Callable[[Any], Any]]) -> None:
        """Let commands be carried out by others: those of features. Raises ValueError for one of the call core's."""
        if taken := self._by_kind.keys() & handlers.keys():
            raise ValueError(f"the engine itself carries out {', '.join(sorted(kind.__name__ for kind in taken))}")
        self._by_kind.update(handlers)
        self._of_features |= handlers.keys()

    def is_of_calls(self, command: Command[Any]) -> bool:
        """Whether a command is for calls or conferences, and not a feature's own."""
        return type(command) not in self._of_features

    async def submit(self, command: Command[Any]) -> Any:
        """Carry out a command; raises engine.commands.CommandRefused."""
        return await self._by_kind[type(command)](command)

    async def _place(self, command: PlaceCall) -> Call:
        return await self._outbound.place_once(command)

    async def _enqueue(self, command: Enqueue) -> tuple[str, ...]:
        added = with_ids(command.tasks)
        queue = self._queue(command.account, command.owner)
        try:
            await (queue.interject(added) if command.now else queue.append(added))
        except QueueClosed:
            raise _gone(command.owner) from None
        if command.patch and (session := self._registry.find(command.account, command.owner)):
            self._replies.patch(session, command.patch)
        return tuple(task.id for task in added)

    async def _cancel(self, command: CancelTask) -> None:
        if not self._queue(command.account, command.owner).cancel(command.task):
            raise NoSuchTask("There is no such task in the queue, or it has begun.")

    async def _hang_up(self, command: HangUpCall) -> None:
        await self._session(command.account, command.call).hang_up(command.cause)

    async def _stop(self, command: StopTasks) -> int:
        queue = self._queue(command.account, command.owner)
        return queue.stop((command.kind,), StopReason.REQUESTED, command.data)

    async def _leave(self, command: LeaveNow) -> None:
        live = self._conferences.need(command.account, command.conference)
        live.leave(self._session(command.account, command.call))

    async def _query(self, command: QueryConference) -> Any:
        return self._conferences.view(command.account, command.conference)

    async def _find(self, command: FindConference) -> Any:
        return self._conferences.view(command.account, name=command.name)

    def _session(self, account: str, call: str) -> Session:
        session = self._registry.find(account, call)
        if session is None or session.gone:
            raise NoSuchCall(_GONE_CALL)
        return session

    def _queue(self, account: str, owner: str) -> Queue:
        if owner.startswith("conf-"):
            return self._conferences.need(account, owner).queue
        return self._session(account, owner).queue


def _gone(owner: str) -> NoSuchCall | NoSuchConference:
    return NoSuchConference(_GONE_CONFERENCE) if owner.startswith("conf-") else NoSuchCall(_GONE_CALL)
