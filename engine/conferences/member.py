"""One participant of a conference: what it hears and whether it is heard, as asked for, stored and told to Asterisk."""

import asyncio
from collections.abc import Callable

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriBadRequest, AriConflict, AriError, AriNotFound
from engine.calls.services import CallServices
from engine.calls.session import Session
from engine.commands import ConferenceMember, EngineUnavailable, NoSuchCall
from engine.events import DigitsCollected, Event, ParticipantHeld, ParticipantMuted
from engine.model.call_data import CallData
from engine.queues.journal import Common
from engine.store import conferences, events
from engine.store.conferences import ParticipantRow

log = structlog.get_logger(__name__)
SILENCE = ""  # what a participant hears who is held without music


class Exit:
    """How a call is taken out: `wanted` by somebody, `done` when it is out. `waiting`: it is not to enter yet."""

    def __init__(self, session: Session) -> None:
        self.session, self.wanted, self.done = session, asyncio.Event(), asyncio.Event()
        self.under_way, self.waiting = False, True


class Member:
    """A call's stay in a conference, from its entrance to its exit.

    Held, it stays in the bridge: music or silence on its channel takes the place of what the bridge says (tried on
    Asterisk 22.10.1), and it is muted. `alone` is the music it hears while nobody else is there.
    """

    def __init__(
        self, session: Session, stay: ParticipantRow, *, data: CallData | None = None, alone: str | None = None
    ) -> None:
        self.session, self.stay, self.alone = session, stay, alone
        self._services: CallServices = session.services
        self._data = data
        self.changing = asyncio.Lock()
        """Held while it is muted, unmuted, held or taken back: one after the other."""
        self._hears: str | None = None  # the music on its channel
        self._touched = stay.muted or stay.held

    async def mute(self, *, muted: bool) -> None:
        """Mute or unmute it: the others do not hear it, or hear it again."""
        async with self.changing:
            if muted != self.stay.muted:
                event = ParticipantMuted(**self._common(), muted=muted)  # type: ignore[arg-type]
                await self._save(lambda conn: conferences.mute(conn, self.stay, muted=muted), event)
                self.stay = msgspec.structs.replace(self.stay, muted=muted)
            await self._obeyed()

    def turning(self, *, muted: bool) -> Callable[[Connection], None]:
        """Return what stores that it is muted or not, with the event, in a transaction of who holds `changing`.

        That one calls `obey` then. It is without effect if it has left.
        """
        event = ParticipantMuted(**self._common(), muted=muted)  # type: ignore[arg-type]

        def unit(conn: Connection) -> None:
            if conferences.mute(conn, self.stay, muted=muted):
                events.append(conn, event)

        return unit

    async def obey(self, *, muted: bool) -> None:
        """Mute or unmute it as stored, while `changing` is held; raises NoSuchCall, EngineUnavailable."""
        self.stay = msgspec.structs.replace(self.stay, muted=muted)
        await self._obeyed()

    async def hold(self, *, held: bool, music: str | None) -> None:
        """Hold it, with music or silence, or take it back."""
        music = music if held else None
        async with self.changing:
            if (held, music) != (self.stay.held, self.stay.hold_music):
                event = ParticipantHeld(**self._common(), held=held)  # type: ignore[arg-type]
                event_of_change = event if held != self.stay.held else None
                await self._save(
                    lambda conn: conferences.hold(conn, self.stay, held=held, music=music), event_of_change
                )
                self.stay = msgspec.structs.replace(self.stay, held=held, hold_music=music)
            await self._obeyed()

    async def restore(self) -> None:
        """Make Asterisk agree with the store: a controller may have stopped between changing the two."""
        async with self.changing:
            try:
                await self._still()
                await self._apply()
            except AriError as error:
                log.warning("A participant's hold or mute could not be restored.", call=self.call, error=str(error))

    async def release(self) -> None:
        """Leave the channel as it was: it goes on without the conference."""
        async with self.changing:
            if self._touched:
                try:
                    await self._still()
                    await self.session.channel.unmute("in")
                except AriError as error:
                    log.debug("A participant's channel was gone before its release.", call=self.call, error=str(error))

    def collected(self, digits: str, how: str) -> None:
        """Note digits that it pressed (see engine.events.DigitsCollected)."""
        event = DigitsCollected(**self._common(), call=self.call, digits=digits, how=how)  # type: ignore[arg-type]
        self._services.writer.post(lambda conn: events.append(conn, event))

    def view(self) -> ConferenceMember:
        """How it takes part now."""
        stay = self.stay
        return view_of(self.session, stay)

    @property
    def call(self) -> str:
        """Its call's id."""
        return self.session.call.id

    def _common(self) -> Common:
        common = self.session.journal.common(self._data)
        return {**common, "conference": self.stay.conference, "task": self.stay.task}

    async def _save(self, change: Callable[[Connection], bool], event: Event | None) -> None:
        def unit(conn: Connection) -> bool:
            still_in = change(conn)
            if still_in and event:
                events.append(conn, event)
            return still_in

        if not await self._services.writer.write(unit):
            raise NoSuchCall("The call is not in the conference any more.")

    async def _obeyed(self) -> None:
        try:
            await self._apply()
        except (AriNotFound, AriBadRequest, AriConflict):
            raise NoSuchCall("The call has ended.") from None
        except AriError as error:
            log.warning("A participant could not be muted or held.", call=self.call, error=str(error))
            raise EngineUnavailable("The media server did not answer. Try again.") from error

    async def _apply(self) -> None:
        channel, stay = self.session.channel, self.stay
        hears = (stay.hold_music or SILENCE) if stay.held else None
        self._touched = self._touched or stay.muted or stay.held
        if stay.muted or stay.held:
            await channel.mute("in")
        if hears != self._hears:
            if self._hears is not None:
                await self._still()
            if hears == SILENCE:
                await channel.start_silence()
            elif hears:
                await channel.start_moh(hears)
            self._hears = hears
        if not (stay.muted or stay.held):
            await channel.unmute("in")

    async def _still(self) -> None:
        """Stop both: a controller that is gone may have started either."""
        self._hears = None
        await self.session.channel.stop_moh()
        await self.session.channel.stop_silence()


def view_of(session: Session, stay: ParticipantRow | None = None) -> ConferenceMember:
    """How a call takes part; `stay` None: it is not in yet."""
    call = session.call
    return ConferenceMember(
        call=call.id,
        number=call.far_number,
        data=call.data,
        muted=stay.muted if stay else False,
        held=stay.held if stay else False,
        admin=stay.admin if stay else False,
        joined=stay.joined if stay else None,
    )
