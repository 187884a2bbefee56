"""What a call does for its tasks, put together (engine.queues.roles.Roles)."""

import asyncio
from contextlib import AbstractContextManager

from engine.calls.answering_machine import CallDetector
from engine.calls.asking import CallCustomer
from engine.calls.call_router import CallRouter
from engine.calls.conference_directory import ConferenceDirectory
from engine.calls.connecting import CallDialler
from engine.calls.conversing import CallConversations
from engine.calls.fax_detection import CallFaxDetector
from engine.calls.faxing import CallFaxer
from engine.calls.group_ringing import CallRinger
from engine.calls.keypad import Presses
from engine.calls.outbound import OutboundCalls
from engine.calls.picking_up import CallPicker
from engine.calls.prompt_players import CallPlayer
from engine.calls.recorders import CallRecorder
from engine.calls.session import Session
from engine.calls.transferring import CallTransfers
from engine.model.cause import HangupCause
from engine.tasks.interfaces import Subject
from engine.tasks.join_conference import JoinConference
from engine.tasks.results import TaskFailed

SEND_SECONDS = 1.0  # of digits in one request: Asterisk notices no hang-up while it sends them, and cannot be stopped


class CallKeypad:
    """Digits from and to a call's party."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def last(self) -> str:
        """The digits last collected by a WaitForDigits of this queue."""
        return self._session.media.digits.last

    @last.setter
    def last(self, digits: str) -> None:
        self._session.media.digits.last = digits

    def listening(self, *, takes: str = "") -> AbstractContextManager[Presses]:
        """Hear every digit from now on until the block is left; those in `takes` are nobody else's."""
        return self._session.media.digits.listening(takes=takes)

    def taking(self, *, typed_ahead: bool = False, secret: bool = False) -> AbstractContextManager[Presses]:
        """Take every digit until the block is left."""
        return self._session.media.digits.taking(typed_ahead=typed_ahead, secret=secret)

    async def send(self, digits: str, *, milliseconds: int, gap: int) -> None:
        """Press digits towards the far party and wait until they are sent."""
        each = (milliseconds + gap) / 1000
        size = max(1, int(SEND_SECONDS / each))
        session = self._session
        async with session.media.sounding():  # where the party takes digits as tones, they end silence
            for start in range(0, len(digits), size):
                part = digits[start : start + size]
                await session.channel.send_dtmf(part, duration_ms=milliseconds, between_ms=gap)
                await asyncio.sleep(len(part) * each)


class CallLine:
    """The call itself."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def hang_up(self, cause: str = HangupCause.NORMAL) -> None:
        """End the call (or the conference with everybody in it); raises TaskFailed for a cause that is none."""
        if cause not in set(HangupCause):
            raise TaskFailed("unknown_cause", f"cause must be a hang-up cause, such as normal or busy (got {cause!r}).")
        self._session.hang_up_behind(HangupCause(cause))


class CallConferences:
    """Joining and leaving conferences."""

    def __init__(self, session: Session, directory: ConferenceDirectory) -> None:
        self._session, self._directory = session, directory

    async def join(self, task: JoinConference, on: Subject) -> None:
        """Take part until it ends, the call leaves or ends; raises TaskFailed where it cannot."""
        session = self._session
        account = session.call.account
        current = self._directory.find(account, session.conference) if session.conference else None
        if current and not await current.departed(session) and task.name and current.name:
            if current.name == task.name:
                return  # it is there already, and stays
            current.leave(session)
            await current.departed(session)
        if task.name:
            live = await self._directory.named(account, task.name, on.task_id, task.rules)
        elif (found := self._directory.find(account, task.conference)) is None:
            raise TaskFailed("conference_over", "The conference has ended.")
        else:
            live = found
        await live.departed(session)  # after its ParticipantLeft it may still be leaving: the music changes
        await live.take_part(session, task, on)

    async def leave(self, conference: str) -> None:
        """Take the call out; without effect for the moderator."""
        session = self._session
        if live := self._directory.find(session.call.account, conference):
            live.leave(session)
            await live.departed(session)  # what is played next must not be mixed into a bridge that the call left


class Connecting(CallDialler, CallRinger, CallTransfers):
    """Connecting a call to one party, or to the first of several, and moving its party to another one."""


class CallRoles:
    """Everything that a call can do for its tasks."""

    def __init__(self, session: Session, outbound: OutboundCalls, conferences: ConferenceDirectory) -> None:
        self.player = CallPlayer(session)
        self.recorder = CallRecorder(session)
        self.keypad = CallKeypad(session)
        self.dialler = Connecting(session, outbound)
        self.detector = CallDetector(session)
        self.faxer = CallFaxer(session)
        self.fax_detector = CallFaxDetector(session, outbound.registry)
        self.conferences = CallConferences(session, conferences)
        self.line = CallLine(session)
        self.customer = CallCustomer(session)
        self.partner = CallConversations(session)
        self.picker = CallPicker(session, outbound.registry)
        self.router = CallRouter(session)
