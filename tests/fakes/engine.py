"""An engine without Asterisk: it checks commands as the real one does, keeps real queues, and a test plays the network.

Every event is appended through the real writer, so whatever hangs on `on_events` sees what production sees.

Over 300 lines: one double that behaves as a whole; cut up it would be harder to follow.
"""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine import commands, events
from engine.features.messaging.commands import SendMessage, SendMessages
from engine.features.messaging.events import MessageReceived
from engine.features.messaging.model import Direction as Way
from engine.features.messaging.model import Message, State
from engine.ids import new_id
from engine.model.call import Call, CallState, Direction, Party
from engine.model.call_data import CallData
from engine.model.cause import HangupCause
from engine.store import calls as call_rows
from engine.store import events as event_rows
from engine.store.writer import Writer
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.kinds import AnyTask, kind_of
from engine.tasks.leave_conference import LeaveConference
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.results import Completed, Digits, Discarded, Done, Failed, Outcome, Recorded, Stopped
from engine.tasks.stop import StopBackground
from engine.tasks.wait_for_digits import WaitForDigits


@dataclass
class Owner:
    """A call's or conference's queue."""

    account: str
    root: str
    waiting: deque[AnyTask] = field(default_factory=deque)
    holding: AnyTask | None = None
    background: list[AnyTask] = field(default_factory=list)
    everything: list[AnyTask] = field(default_factory=list)
    recordings: int = 0


@dataclass
class Conference:
    """A conference and who is in it."""

    command: commands.StartConference
    moderator: str = ""
    participants: dict[str, JoinConference] = field(default_factory=dict)


def dialled(number: str) -> str:
    """The digits of a command's number: an extension's, or an international number's without its plus."""
    assert not number or (number.isdecimal() and number.isascii() and len(number) <= 15), number
    return number


class FakeEngine:
    """Behaves: unknown owners are refused, queues run once answered, background tasks report at the end."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.commands: list[Any] = []
        self.calls: dict[str, Call] = {}
        self.conferences: dict[str, Conference] = {}
        self.queues: dict[str, Owner] = {}
        self.messages: list[Message] = []
        self.error: Exception | None = None

    async def submit(self, command: Any) -> Any:
        """Take a command; `error`, once set, is raised for the next."""
        self.commands.append(command)
        if self.error:
            error, self.error = self.error, None
            raise error
        match command:
            case commands.PlaceCall():
                caller = dialled(command.options.caller or "")
                return await self._new_call(command.account, caller, dialled(command.callee), data=command.data)
            case commands.StartConference():
                return await self._start_conference(command)
            case commands.QueryConference():
                return self._view(command.conference, self._conference(command.account, command.conference))
            case commands.HangUpConference():
                self._conference(command.account, command.conference)
                await self.end_conference(command.conference)
            case commands.LeaveNow():
                conference = self._conference(command.account, command.conference)
                self._owner(command.account, command.call)
                if command.call in conference.participants:
                    await self._leave(command.conference, command.call)
            case commands.HangUpCall():
                self._owner(command.account, command.call)
                await self.end(command.call, Party.US)
            case commands.StopTasks():
                self._owner(command.account, command.owner)
                return await self._stop(command.owner, command.kind, command.data)
            case commands.Enqueue():
                return await self._enqueue(command)
            case SendMessage():
                return self._accept(command)
            case SendMessages():
                each = (SendMessage(account=command.account, message=message) for message in command.messages)
                return tuple(self._accept(one) for one in each)
            case _:
                raise AssertionError(f"Nobody taught this engine {command!r}.")
        return None

    # What the network does

    async def offer(self, account: str, application: str, caller: str, callee: str) -> Call:
        """An inbound call comes in."""
        call = await self._new_call(
            account, caller, callee, direction=Direction.INBOUND, application=application, state=CallState.RINGING
        )
        await self.tell(events.CallOffered, call.id, application=application, caller=caller, callee=callee)
        return call

    async def answer(self, call_id: str) -> None:
        """The far party answers, or we do if it is inbound."""
        answered = self._event(events.CallAnswered, call_id, data=self.calls[call_id].data)
        await self._move(call_id, answered, state=CallState.ANSWERED, answered=time.time())
        await self._advance(call_id)

    async def end(self, call_id: str, by: Party = Party.FAR, *, seconds: float = 0.0, price: int = 0) -> None:
        """A call ends: its running task is stopped, queued ones are discarded, background ones report."""
        call = self.calls[call_id]
        for id, conference in list(self.conferences.items()):
            if call_id in conference.participants:
                await self._leave(id, call_id)
        await self._close(call_id, "call_ended")
        ended = self._event(
            events.CallEnded,
            call_id,
            data=call.data,
            cause="normal",
            hung_up_by=by.value,
            answered=call.answered is not None,
            seconds=seconds,
            price=price,
            currency="USD",
        )
        over = {"state": CallState.ENDED, "ended": time.time(), "cause": HangupCause.NORMAL, "hung_up_by": by}
        await self._move(call_id, ended, **over)
        del self.calls[call_id]

    async def finish(self, owner: str, outcome: Outcome | None = None) -> None:
        """The task that holds the queue is over."""
        queue = self.queues[owner]
        task, queue.holding = queue.holding, None
        assert task is not None, "no task holds this queue"
        await self._ended(owner, task, outcome or Completed(Done()))
        await self._advance(owner)

    async def press(self, owner: str, digit: str, call: str = "") -> None:
        """A digit is heard by whoever listens."""
        queue = self.queues[owner]
        for task in list(queue.background):
            if isinstance(task, DetectDtmf):
                await self._digit(owner, task, digit, call or owner, accepted=True)
        if isinstance(waiting := queue.holding, WaitForDigits):
            accepted = not waiting.accept or digit in waiting.accept
            await self._digit(owner, waiting, digit, call or owner, accepted=accepted)
            if accepted:
                await self.finish(owner, Completed(Digits(digits=digit)))

    async def start_conference(self, conference_id: str) -> None:
        """The moderator answers, and the attendees are called."""
        conference = self.conferences[conference_id]
        await self.answer(conference.moderator)
        await self.tell(events.ConferenceStarted, conference_id, data=conference.command.data)
        for attendee in conference.command.attendees:
            account = conference.command.account
            call = await self._new_call(account, "", dialled(attendee.callee), data=attendee.data, root=conference_id)
            conference.participants[call.id] = JoinConference(conference=conference_id, data=attendee.join_data)

    async def end_conference(self, conference_id: str) -> None:
        """A conference is over: everybody is hung up."""
        conference = self.conferences[conference_id]
        for call in [*conference.participants, conference.moderator]:
            if call in self.calls:
                await self.end(call, Party.US, seconds=7.6, price=20_000)
        await self._close(conference_id, "conference_ended")
        await self.tell(events.ConferenceEnded, conference_id, data=conference.command.data, reason="hung_up")
        del self.conferences[conference_id]

    async def tell(self, event_type: type[events.Event], subject: str, **fields: Any) -> None:
        """Append an event and wait for its commit."""
        event = self._event(event_type, subject, **fields)
        await self._writer.write(lambda conn: event_rows.append(conn, event))

    async def text(self, sender: str, text: str) -> None:
        """A text comes in from a number: a reply to the last one that was sent to it."""
        replied = next(each for each in reversed(self.messages) if each.recipient == sender)
        id = new_id("msg")
        event = MessageReceived(
            id=new_id("event"), account=replied.account, subject=id, root=replied.id, at=time.time(), data=replied.data,
            sender=sender, recipient=replied.sender, text=text, reply_to=replied.id,
        )  # fmt: skip
        await self._writer.write(lambda conn: event_rows.append(conn, event))

    # Inside

    def _accept(self, command: SendMessage) -> Message:
        wanted = command.message
        message = Message(
            id=new_id("msg"), account=command.account, direction=Way.OUT, sender=wanted.sender or "12015550199",
            recipient=dialled(wanted.to), text=wanted.text, state=State.QUEUED, created=time.time(), data=wanted.data,
        )  # fmt: skip
        self.messages.append(message)
        return message

    def _event(self, event_type: type[events.Event], subject: str, **fields: Any) -> events.Event:
        queue = self.queues[subject]
        common: dict[str, Any] = {
            "id": new_id("event"),
            "account": queue.account,
            "subject": subject,
            "root": queue.root,
        }
        return event_type(**common, at=time.time(), **fields)

    def _owner(self, account: str, owner: str) -> Owner:
        queue = self.queues.get(owner)
        if queue is None or queue.account != account or not (owner in self.calls or owner in self.conferences):
            raise commands.NoSuchCall(f"There is no live call or conference {owner}.")
        return queue

    def _conference(self, account: str, conference: str) -> Conference:
        found = self.conferences.get(conference)
        if found is None or found.command.account != account:
            raise commands.NoSuchConference(f"There is no live conference {conference}.")
        return found

    async def _new_call(self, account: str, caller: str, callee: str, *, root: str | None = None, **more: Any) -> Call:
        id = new_id("call")
        fields = {"direction": Direction.OUTBOUND, "state": CallState.QUEUED, **more}
        call = Call(
            id=id, root=root or id, account=account, caller=caller, callee=callee, created=time.time(), **fields
        )
        self.calls[id] = call
        self.queues[id] = Owner(account=account, root=call.root)
        await self._writer.write(lambda conn: call_rows.insert(conn, call))
        return call

    async def _move(self, call_id: str, event: events.Event, **fields: Any) -> None:
        """Change a call and append the event of it, in one transaction as the engine does."""
        call = self.calls[call_id] = msgspec.structs.replace(self.calls[call_id], **fields)

        def write(conn: Connection) -> None:
            call_rows.update(conn, call)
            event_rows.append(conn, event)

        await self._writer.write(write)

    async def _start_conference(self, command: commands.StartConference) -> str:
        id = command.id or new_id("conf")
        for party in (command.moderator, *command.attendees):
            dialled(party.callee)
        self.conferences[id] = conference = Conference(command)
        self.queues[id] = Owner(account=command.account, root=id)
        mine = [call for call in self.calls.values() if call.account == command.account]
        conference.moderator = next((call.id for call in mine if call.callee == command.moderator.callee), "")
        if not conference.moderator:
            moderator = command.moderator
            call = await self._new_call(command.account, "", moderator.callee, data=moderator.data, root=id)
            self._append(call.id, moderator.before)
            conference.moderator = call.id
        return id

    def _view(self, id: str, conference: Conference) -> commands.ConferenceView:
        def member(call: str) -> commands.ConferenceMember:
            return commands.ConferenceMember(call=call, number=self.calls[call].callee)

        return commands.ConferenceView(
            id=id,
            moderator=member(conference.moderator) if conference.moderator in self.calls else None,
            participants=tuple(member(call) for call in conference.participants if call in self.calls),
        )

    async def _enqueue(self, command: commands.Enqueue) -> tuple[str, ...]:
        self._owner(command.account, command.owner)
        added = self._append(command.owner, command.tasks)
        await self._advance(command.owner)
        return tuple(task.id for task in added)

    def _append(self, owner: str, tasks: tuple[AnyTask, ...]) -> list[AnyTask]:
        added = [msgspec.structs.replace(task, id=task.id or new_id("task")) for task in tasks]
        self.queues[owner].waiting.extend(added)
        self.queues[owner].everything.extend(added)
        return added

    async def _advance(self, owner: str) -> None:
        call, queue = self.calls.get(owner), self.queues[owner]
        if call and call.state is CallState.RINGING and call.direction is Direction.INBOUND and queue.waiting:
            await self.answer(owner)
            return
        if call and call.state is not CallState.ANSWERED:
            return
        while queue.waiting and queue.holding is None:
            await self._begin(owner, queue, queue.waiting.popleft())

    async def _begin(self, owner: str, queue: Owner, task: AnyTask) -> None:
        match task:
            case HangUp():
                await self._ended(owner, task, Completed(Done()))
                await self.end(owner, Party.US)
            case StopBackground():
                await self._stop(owner, task.stops, task.stopped_data)
                await self._ended(owner, task, Completed(Done()))
            case JoinConference():
                self.conferences[task.conference].participants[owner] = task
                joined = {"conference": task.conference, "task": task.id}
                await self.tell(events.ParticipantJoined, owner, data=task.data, **joined)
            case LeaveConference():
                if owner in self.conferences[task.conference].participants:
                    await self._leave(task.conference, owner)
                await self._ended(owner, task, Completed(Done()))
            case Play(source=source) if "broken" in source:
                await self._ended(owner, task, Failed("not_audio", "This is not audio."))
            case _:
                await self.tell(events.TaskStarted, owner, data=task.data, task=task.id, kind=kind_of(task))
                if task.background:
                    queue.background.append(task)
                else:
                    queue.holding = task

    async def _stop(self, owner: str, kind: str, data: CallData | None) -> int:
        queue = self.queues[owner]
        found = [task for task in queue.background if kind_of(task) == kind]
        for task in found:
            queue.background.remove(task)
            changed = task if data is None else msgspec.structs.replace(task, data=data)
            await self._ended(owner, changed, self._result(owner, task))
        return len(found)

    def _result(self, owner: str, task: AnyTask) -> Outcome:
        if isinstance(task, Record):
            queue = self.queues[owner]
            queue.recordings += 1
            suffix = f"-{queue.recordings}" if queue.recordings > 1 else ""
            return Completed(Recorded(recording=f"rec-{task.id}", name=(task.name or owner) + suffix, seconds=2.0))
        return Completed(Done()) if isinstance(task, DetectDtmf) else Stopped("requested")

    async def _close(self, owner: str, reason: str) -> None:
        queue = self.queues[owner]
        if queue.holding is not None:
            task, queue.holding = queue.holding, None
            await self._ended(owner, task, Stopped(reason))
        while queue.waiting:
            await self._ended(owner, queue.waiting.popleft(), Discarded(reason))
        for task in queue.background:
            await self._ended(owner, task, self._result(owner, task))
        queue.background.clear()

    async def _leave(self, conference: str, call: str) -> None:
        task = self.conferences[conference].participants.pop(call)
        await self.tell(events.ParticipantLeft, call, data=task.data, conference=conference, task=task.id)

    async def _ended(self, owner: str, task: AnyTask, outcome: Outcome) -> None:
        await self.tell(events.TaskEnded, owner, data=task.data, task=task.id, kind=kind_of(task), outcome=outcome)

    async def _digit(self, owner: str, task: AnyTask, digit: str, call: str, *, accepted: bool) -> None:
        await self.tell(
            events.DigitReceived,
            owner,
            data=task.data,
            task=task.id,
            kind=kind_of(task),
            digit=digit,
            accepted=accepted,
            call=call,
        )
