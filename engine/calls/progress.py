"""The record and the state of one live call: each change of state is committed with its event."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import msgspec
from sqlalchemy import Connection

from engine.ari import generated as ari
from engine.ari.channel import Channel
from engine.calls.ending import Ending
from engine.calls.services import CallServices
from engine.calls.state import RECORDED, Milestone, StateMachine, Trigger
from engine.events import CallAnswered, CallDialing, CallRinging, Event, RouteFailed
from engine.model.call import Call, CallState
from engine.queues.journal import Journal
from engine.store import calls, events


class CallProgress:
    """How far a live call has come (engine.calls.state), its record, and how it ends.

    Nobody else sets its fields: others call its methods, read its state and wait for it (`until`).
    """

    def __init__(self, services: CallServices, call: Call) -> None:
        self.services, self._call = services, call
        self.journal = Journal(
            services.writer, services.clock, account=call.account, subject=call.id, root=call.root,
            data=lambda: self._call.data,
        )  # fmt: skip
        self.channel = Channel(services.client, services.bus, call.channel_id or call.id)
        self._machine = StateMachine(call.state)
        self._ours: Ending | None = None
        self._ended_as: Ending | None = None
        self._branches: tuple[str, ...] = ()
        if call.sip_call_id:
            services.on_sip_call_id(call.id, call.sip_call_id)

    @property
    def call(self) -> Call:
        """Its record as it is now; each version is committed with the change that made it."""
        return self._call

    @property
    def ours(self) -> Ending | None:
        """What we end it with, from the moment that we do."""
        return self._ours

    @property
    def ended_as(self) -> Ending | None:
        """How it ended, from the moment that it is gone."""
        return self._ended_as

    @property
    def channels(self) -> frozenset[str]:
        """The ids of its channels: several while it rings at several phones (engine.calls.forking)."""
        return frozenset((self.channel.id, *self._branches))

    @property
    def answered(self) -> bool:
        """Whether it was answered."""
        return self._machine.reached(Milestone.ANSWERED)

    @property
    def hanging_up(self) -> bool:
        """Whether it is being hung up, or is gone."""
        return self._machine.reached(Milestone.HANGING_UP)

    @property
    def gone(self) -> bool:
        """Whether it has no channel any more."""
        return self._machine.reached(Milestone.GONE)

    @property
    def ready_to_talk(self) -> bool:
        """Whether it was answered and is not being hung up."""
        return self.answered and not self.hanging_up

    async def until(self, milestone: Milestone) -> None:
        """Wait until it has come to this."""
        await self._machine.until(milestone)

    async def ending(self, seconds: float) -> bool:
        """Whether it is over, or is within `seconds`: then a failure is only the call's end seen from a task."""
        try:
            await asyncio.wait_for(self.until(Milestone.HANGING_UP), seconds)
        except TimeoutError:
            return False
        return True

    # What happens to it

    def dialing(self, channel_id: str, trunk: str | None) -> Awaitable[None]:
        """An INVITE is about to go out on this channel; to be awaited before it does."""
        self.channel = Channel(self.services.client, self.services.bus, channel_id)
        event = CallDialing(**self.journal.common(self.call.data), trunk=trunk)  # type: ignore[arg-type]
        return self._change(Trigger.DIAL, event, channel_id=channel_id, trunk=trunk, sip_call_id=None)

    def note_dialled(self) -> None:
        """The INVITE went out: with the SIP Call-ID in the store, a restarted controller does not dial again."""
        call = self.call
        self.services.writer.post(lambda conn: calls.update(conn, call))

    def note_route_failed(self, trunk: str, reason: str, *, sip_status: int | None = None, detail: str = "") -> None:
        """A trunk did not carry it; the next one is tried, if there is one."""
        common = self.journal.common(self._call.data)
        event = RouteFailed(**common, trunk=trunk, reason=reason, sip_status=sip_status, detail=detail)  # type: ignore[arg-type]
        self.services.writer.post(lambda conn: events.append(conn, event))

    def note_ringing(self) -> None:
        """The far party's phone rings."""
        if self._call.state is CallState.DIALING:
            event = CallRinging(**self.journal.common(self._call.data))  # type: ignore[arg-type]
            self._post(Trigger.RING, event)

    def note_answered(self) -> bool:
        """The call was answered; returns whether that is news."""
        news = self._call.state in (CallState.DIALING, CallState.RINGING)
        if news:
            event = CallAnswered(**self.journal.common(self._call.data))  # type: ignore[arg-type]
            self._post(Trigger.ANSWER, event, answered=self.services.clock())
        return news

    def note_branches(self, channels: Iterable[str]) -> None:
        """It has these channels beside its own, for as long as it rings at several phones."""
        self._branches = tuple(channels)

    def note_answered_by(self, channel: ari.Channel) -> None:
        """It was answered at one of several phones, whose channel is its own from now on."""
        self.channel, self._branches = Channel(self.services.client, self.services.bus, channel.id), ()
        self.amend(channel_id=channel.id)
        self.note_sip_call_id(channel.protocol_id)
        self.note_answered()

    def note_sip_call_id(self, sip_call_id: str) -> None:
        """The leg's SIP Call-ID; written once it is dialled, or with the next change of state."""
        if sip_call_id and self._call.sip_call_id != sip_call_id:
            self.amend(sip_call_id=sip_call_id)
            self.services.on_sip_call_id(self._call.id, sip_call_id)

    def note_hanging_up(self) -> None:
        """Somebody hangs it up, and it may not be we."""
        self._machine.move(Trigger.HANG_UP)

    def note_unseen_end(self, known_up: float | None) -> Ending:
        """We hung it up and nobody saw it end: at `known_up` (Unix seconds; None: now) it was known to be up."""
        assert self._ours
        self._ours = msgspec.structs.replace(self._ours, known_up=known_up)
        return self._ours

    def amend(self, **fields: object) -> Call:
        """Change what its record says, besides its state; returns the record, which the caller has written."""
        self._call = msgspec.structs.replace(self._call, **fields)
        return self._call

    def _end_with(self, ending: Ending) -> Ending:
        self._ours = self._ours or ending
        self._machine.move(Trigger.HANG_UP)
        return self._ours

    def _post(self, trigger: Trigger, event: Event, **fields: object) -> None:
        self.services.writer.post(self._unit(trigger, event, fields))

    async def _change(self, trigger: Trigger, event: Event, **fields: object) -> None:
        await self.services.writer.write(self._unit(trigger, event, fields))

    def _unit(self, trigger: Trigger, event: Event, fields: dict[str, object]) -> Callable[[Connection], None]:
        self._machine.move(trigger)
        call = self.amend(state=RECORDED[trigger], **fields)

        def unit(conn: Connection) -> None:
            calls.update(conn, call)
            events.append(conn, event)

        return unit
