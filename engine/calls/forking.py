"""Ringing all phones of an extension for one leg (RFC 3261 section 16.7 calls it forking).

1. The leg's own channel is one branch. Each other phone has a channel whose id is made of that one's, so that a
   restarted controller finds those that ring.
2. Whose phone answers first has the leg: its channel becomes the leg's own, and the others are cancelled as answered
   elsewhere (RFC 3326).
3. A phone that declines or is busy does not stop the others. Where all have ended, the leg ends as the one that says
   most.

What customers see is one call: its record, its states and its end are those of one leg.
"""

import asyncio
from collections.abc import Iterable, Mapping

import structlog

from engine.ari import generated as ari
from engine.ari.bus import Resumed, Subscription
from engine.ari.channel import Channel
from engine.ari.errors import AriConflict, AriError, AriNotFound
from engine.calls.ending import Ending
from engine.calls.first_response import RESPONSES
from engine.calls.following import GIVE_UP_SECONDS, end_of, follow, lost
from engine.calls.session import Session
from engine.model.call import Party
from engine.model.cause import CODES, HangupCause

log = structlog.get_logger(__name__)
SILENT_SECONDS = 3.0
"""How long the last phones may give no answer at all, not even 100 Trying, once the others have ended."""
_SAYS_MOST = (HangupCause.MEDIA_NODE_LOST, HangupCause.NO_ANSWER, HangupCause.REJECTED, HangupCause.BUSY)
_SAYS_LEAST = (HangupCause.NO_RESPONSE, HangupCause.NETWORK_ERROR, HangupCause.CONGESTION, HangupCause.NO_ROUTE)
_SUFFIX = "-phone"


def branch_of(own: str, number: int) -> str:
    """Return the id of the channel of a further phone (from 2), by the leg's own channel."""
    return f"{own}{_SUFFIX}{number}"


def own_of(branch: str) -> str:
    """Return the id of the leg's own channel that a branch's was made of; "" where it is no branch."""
    own, suffix, number = branch.rpartition(_SUFFIX)
    return own if suffix and number.isdecimal() else ""


def first_of(channel: str) -> str:
    """Return the id of the channel that the leg of a channel had first: its own, or what a branch's was made of."""
    return own_of(channel) or channel


def says_most(endings: Iterable[Ending]) -> Ending:
    """Return the ending that says most of why nobody answered."""

    def rank(ending: Ending) -> int:
        if ending.cause in _SAYS_MOST:
            return _SAYS_MOST.index(ending.cause)
        return len(_SAYS_MOST) + (ending.cause in _SAYS_LEAST)

    return min(endings, key=rank)


class _Branch:
    """A phone that is rung: whether it rang, and who hung its channel up."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.rang = False
        self.soft: bool | None = None
        self.given_up = False


class Fork:
    """The phones that ring for one leg; `events` follows the leg's own channel, and the others from here on.

    `there` are the channels that an earlier controller left.
    """

    def __init__(self, session: Session, events: Subscription, there: Iterable[ari.Channel] = ()) -> None:
        self._session, self._events = session, events
        self._own = session.channel.id
        self._up: dict[str, _Branch] = {}
        self._endings: list[Ending] = []
        self._asked_to_end = False
        self._left = tuple(there)
        self._ends_at = asyncio.get_running_loop().time() + session.call.ring_seconds + GIVE_UP_SECONDS
        for channel in self._left:
            self._add(channel.id)
        self._note()

    async def create(self, contacts: Iterable[str], variables: Mapping[str, str] | None) -> None:
        """Make a channel for each further phone, beside the leg's own; one that cannot be made is left out."""
        wanted = {branch_of(self._own, number): contact for number, contact in enumerate(contacts, start=2)}
        self._add(self._own)
        for id in wanted:
            self._add(id)
        self._note()
        await asyncio.gather(*(self._create(id, contact, variables) for id, contact in wanted.items()))

    async def dial(self, seconds: int) -> None:
        """Ring them all. Raises the AriError of the first one if none can be dialled."""
        ids = list(self._up)
        results = await asyncio.gather(*(self._dial(id, seconds) for id in ids))
        if failed := [error for error in results if error]:
            log.warning("Not all phones of an extension could be dialled.", call=self._session.call.id, of=len(ids))
            if len(failed) == len(ids):
                raise failed[0]

    async def follow(self) -> Ending:
        """Follow the phones until one answers, then the leg to its end."""
        session = self._session
        for channel in self._left:
            if winner := self._see(channel):
                return await self._won(winner)
        while self._up:
            if session.ours and not self._asked_to_end:
                await self._end_all(session.ours)
            try:
                event = await self._events.next(self._wait_seconds())
            except TimeoutError:
                winner = await self._on_time()
            else:
                winner = await self._catch_up() if isinstance(event, Resumed) else self._take(event)
            if winner:
                return await self._won(winner)
        return session.ours or says_most(self._endings)

    # What happens

    def _take(self, event: object) -> ari.Channel | None:
        """Take an event; returns the channel of a phone that answered."""
        match event:
            case ari.ChannelStateChange() | ari.StasisStart() if event.channel.id in self._up:
                return self._see(event.channel)
            case ari.ChannelHangupRequest() if branch := self._up.get(event.channel.id):
                branch.soft = bool(event.soft) if branch.soft is None else branch.soft
                if len(self._up) == 1:
                    self._session.note_hanging_up()
            case ari.ChannelDestroyed() if branch := self._up.pop(event.channel.id, None):
                silent = Ending(cause=HangupCause.NO_RESPONSE, by=Party.NETWORK)
                self._endings.append(
                    silent if branch.given_up else end_of(self._session, event, soft=bool(branch.soft))
                )
        return None

    def _see(self, channel: ari.Channel) -> ari.Channel | None:
        """Take over what Asterisk says of a phone's channel; returns it if it answered."""
        session, branch = self._session, self._up[channel.id]
        if channel.id == self._own:
            session.note_sip_call_id(channel.protocol_id)
        elif channel.protocol_id:
            session.services.on_sip_call_id(session.call.id, channel.protocol_id)
        if channel.state == "Up" and not session.ours:
            return channel
        if channel.state == "Ringing":
            branch.rang = True
            session.note_ringing()
        return None

    async def _won(self, winner: ari.Channel) -> Ending:
        """Give the leg to the phone that answered; the others ring no longer."""
        session = self._session
        for id, branch in self._up.items():
            if id != winner.id:
                session.spawn(end(session, branch.channel, HangupCause.ANSWERED_ELSEWHERE), "another phone of")
        self._events.only(winner.id)
        session.note_answered_by(winner)
        return await follow(session, self._events)

    async def _end_all(self, ending: Ending) -> None:
        self._asked_to_end = True
        await asyncio.gather(*(_hang_up(branch.channel, ending.cause) for branch in self._up.values()))

    # What does not happen

    def _wait_seconds(self) -> float:
        """How long the next event is waited for."""
        if self._session.ours or self._session.hanging_up:
            return GIVE_UP_SECONDS
        left = max(0.0, self._ends_at - asyncio.get_running_loop().time())
        return min(left, SILENT_SECONDS) if self._waits_for_silent() else left

    async def _on_time(self) -> ari.Channel | None:
        session = self._session
        if session.ours or session.hanging_up:
            self._asked_to_end = False
            return await self._catch_up()
        if asyncio.get_running_loop().time() >= self._ends_at:
            await session.hang_up(HangupCause.NO_ANSWER)
        else:
            await self._give_up_silent()
        return None

    def _waits_for_silent(self) -> bool:
        """Whether others have ended, and those that are left do not ring."""
        return bool(self._endings) and not any(one.rang or one.given_up for one in self._up.values())

    async def _give_up_silent(self) -> None:
        """Do not wait for phones that are gone without a word: the network of one that moved may drop what we send."""
        try:
            said = [await branch.channel.variable(RESPONSES) for branch in self._up.values()]
        except AriError as error:
            log.warning("Whether phones answer is not known.", call=self._session.call.id, error=str(error))
            return
        for text, branch in zip(said, list(self._up.values()), strict=True):
            branch.given_up = text == ""
            branch.rang = text != ""  # it does, or will
        await asyncio.gather(
            *(_hang_up(one.channel, HangupCause.NO_RESPONSE) for one in self._up.values() if one.given_up)
        )

    async def _catch_up(self) -> ari.Channel | None:
        """Events were missed, or do not come: look at each channel. Returns that of a phone that answered."""
        session = self._session
        known_up = session.services.watch.until
        for id, branch in list(self._up.items()):
            try:
                channel = await branch.channel.get()
            except AriError as error:  # the connection will be lost again, and then be back again
                log.warning("A call could not be looked up.", call=session.call.id, error=str(error))
                continue
            if channel is None:
                del self._up[id]
                self._endings.append(await lost(session, known_up))
            elif winner := self._see(channel):
                return winner
        return None

    # Its channels

    def _add(self, id: str) -> None:
        services = self._session.services
        self._up[id] = _Branch(Channel(services.client, services.bus, id))
        if id not in self._events.ids:
            self._events.also(id)

    def _note(self) -> None:
        self._session.note_branches(id for id in self._up if id != self._own)

    async def _create(self, id: str, contact: str, variables: Mapping[str, str] | None) -> None:
        session = self._session
        try:
            made = await self._up[id].channel.create(contact, args=("outbound",), variables=variables)
        except AriError as error:
            log.warning("A phone of an extension is not rung.", call=session.call.id, error=str(error))
            del self._up[id]
        else:
            session.services.on_sip_call_id(session.call.id, made.protocol_id)

    async def _dial(self, id: str, seconds: int) -> AriError | None:
        if (branch := self._up.get(id)) is None:
            return None
        try:
            await branch.channel.dial(seconds=seconds)
        except (AriNotFound, AriConflict):
            return None  # ChannelDestroyed says why, or it was dialled before
        except AriError as error:
            self._session.spawn(end(self._session, branch.channel, HangupCause.ERROR), "a phone of")
            return error
        return None


async def end(session: Session, channel: Channel, cause: HangupCause) -> None:
    """See that a phone's channel ends, however long Asterisk does not answer."""
    with session.services.bus.subscribe(channel.id, types=(ari.ChannelDestroyed, Resumed)) as events:
        while True:
            await _hang_up(channel, cause)
            try:
                if isinstance(await events.next(GIVE_UP_SECONDS), ari.ChannelDestroyed):
                    return
            except TimeoutError:
                pass
            try:
                if await channel.get() is None:
                    return
            except AriError as error:
                log.warning("Whether a phone still rings is not known.", call=session.call.id, error=str(error))


async def _hang_up(channel: Channel, cause: HangupCause) -> None:
    try:
        await channel.hangup(cause=CODES[cause].q850)
    except AriError as error:  # it is asked for again
        log.warning("A phone's channel could not be hung up yet.", channel=channel.id, error=str(error))
