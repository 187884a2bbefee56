"""A channel of Asterisk and the requests that control it. To see its events, subscribe to its id on the bus."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Literal, NamedTuple

from engine.ari import generated as ari
from engine.ari.bus import Bus, Subscription
from engine.ari.client import AriClient
from engine.ari.errors import AriConflict, AriNotFound, Gone, NotStarted, ServerError
from engine.ari.requests import settled, undone

Direction = Literal["in", "out", "both"]


class Received(NamedTuple):
    """RTP that came in: packets, and the octets of their payloads."""

    packets: int
    octets: int


class Channel:
    """A channel with an id that we chose. Every method raises AriError, AriNotFound if the channel is gone.

    While something plays on the channel, answer(), set_variable() and the bridge's add() and remove() wait in the
    channel's own queue: stop the playback first.
    """

    def __init__(self, client: AriClient, bus: Bus, id: str) -> None:
        self.id = id
        self._client = client
        self._bus = bus
        self._channels = client.channels

    async def create(
        self,
        endpoint: str,
        *,
        args: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
        originator: str | None = None,
        formats: str | None = None,
        other: str | None = None,
        within: float = 5.0,
    ) -> ari.Channel:
        """Creates the channel, not yet dialled, and waits until it is in our application (StasisStart with `args`).

        A dial() before that is refused and leaves the channel Down for ever. `endpoint` is such as
        PJSIP/<number>@<trunk>; the caller ID is the variable `CONNECTEDLINE(all,i)`. `other` is the id of the second
        half of a Local channel. If a channel of that id exists,
        it is ours, from an earlier attempt. After a failure or a cancellation no channel is left.
        Raises NotStarted after `within` seconds, Gone if it ended before, ServerError for an unknown endpoint.
        """
        followed = (ari.StasisStart, ari.StasisEnd, ari.ChannelDestroyed)
        request = self._channels.create(
            endpoint=endpoint,
            app=self._client.application,
            app_args=",".join(args) or None,
            channel_id=self.id,
            originator=originator,
            formats=formats,
            other_channel_id=other,
            variables=variables,
        )
        with self._bus.subscribe(self.id, types=followed) as events:
            try:
                await settled(request, f"ari: create {self.id}")
                return await self._in_stasis(events, within)
            except AriConflict as conflict:
                return await self._earlier(conflict)
            except BaseException:
                await undone(self._channels.hangup(self.id), "a new channel could not be hung up", id=self.id)
                raise

    async def _earlier(self, conflict: AriConflict) -> ari.Channel:
        """Returns the channel that already has our id; raises ServerError if there is none.

        Asterisk remembers "id exists" for its HTTP connection: later failures on it for other reasons are 409 too.
        """
        found = await self.get()
        if found is None:
            raise ServerError(conflict.operation, conflict.detail, conflict.status) from conflict
        return found

    async def _in_stasis(self, events: Subscription, within: float) -> ari.Channel:
        operation = f"create {self.id}"
        try:
            event = await events.next(within)
        except TimeoutError:
            raise NotStarted(operation) from None
        if isinstance(event, ari.StasisStart):
            return event.channel
        raise Gone(operation)

    async def dial(self, *, seconds: int, caller: str | None = None) -> None:
        """Starts to dial. The channel ends (cause 19) if it is not answered after `seconds`.

        `caller` is the channel for which this one is dialled. The answer is ChannelStateChange to Up; a failure is
        ChannelDestroyed with its cause.
        """
        await self._channels.dial(self.id, timeout=seconds, caller=caller)

    async def get(self) -> ari.Channel | None:
        """Asterisk's description of the channel; None if it is gone."""
        try:
            return await self._channels.get(self.id)
        except AriNotFound:
            return None

    async def answer(self) -> None:
        """Answers an inbound call."""
        await self._channels.answer(self.id)

    async def progress(self) -> None:
        """Sends 183, for audio before the answer."""
        await self._channels.progress(self.id)

    async def ring(self) -> None:
        """Before the answer, sends 180; after it, plays a ringback tone until stop_ringing()."""
        await self._channels.ring(self.id)

    async def stop_ringing(self) -> None:
        """Stops the ringback tone."""
        await self._channels.ring_stop(self.id)

    async def hangup(self, *, cause: int | None = None, reason: str | None = None) -> None:
        """Hangs up, with a Q.850 `cause` or ARI's `reason` (normal, busy, congestion, no_answer, …).

        Succeeds if the channel is gone.
        """
        with suppress(AriNotFound):
            await self._channels.hangup(self.id, reason_code=None if cause is None else str(cause), reason=reason)

    async def send_dtmf(self, digits: str, *, duration_ms: int = 100, between_ms: int = 100) -> None:
        """Sends digits to the far end; returns before all of them are sent."""
        await self._channels.send_dtmf(self.id, dtmf=digits, duration=duration_ms, between=between_ms)

    async def mute(self, direction: Direction = "both") -> None:
        """Mutes what the party says (in; its recordings too), hears (out), or both. Mutes are not counted."""
        await self._channels.mute(self.id, direction=direction)

    async def unmute(self, direction: Direction = "both") -> None:
        """Ends the mute of that direction, however often it was requested."""
        await self._channels.unmute(self.id, direction=direction)

    async def hold(self) -> None:
        """Plays music to the party, which the others still hear."""
        await self._channels.hold(self.id)

    async def unhold(self) -> None:
        """Ends hold()."""
        await self._channels.unhold(self.id)

    async def start_moh(self, moh_class: str | None = None) -> None:
        """Plays music on hold. Stop it before the channel enters a bridge, else the party hears nothing there."""
        await self._channels.start_moh(self.id, moh_class=moh_class)

    async def stop_moh(self) -> None:
        """Stops the music."""
        await self._channels.stop_moh(self.id)

    async def start_silence(self) -> None:
        """Sends silence as RTP while nothing plays. Stop it before the channel enters a bridge."""
        await self._channels.start_silence(self.id)

    async def stop_silence(self) -> None:
        """Stops the silence."""
        await self._channels.stop_silence(self.id)

    async def received(self) -> Received:
        """The RTP that came and was taken, since the party's SSRC last changed; raises AriNotFound."""
        stat = await self._channels.rtpstatistics(self.id)
        return Received(stat.rxcount, stat.rxoctetcount)

    async def is_held(self) -> bool:
        """Whether the party holds the call: its SDP says sendonly or inactive."""
        return await self.variable("CHANNEL(rtp,hold,audio)") == "1"

    async def refresh(self) -> None:
        """Sends a re-INVITE with the session as it is; waits for the end of what plays on the channel."""
        await self.set_variable("PJSIP_SEND_SESSION_REFRESH()", "invite")

    async def variable(self, name: str) -> str | None:
        """The value of a channel variable or function; None if it is not set or the channel is gone."""
        try:
            return (await self._channels.get_channel_var(self.id, variable=name)).value
        except AriNotFound:
            return None

    async def set_variable(self, name: str, value: str) -> None:
        """Sets a channel variable or function."""
        await self._channels.set_channel_var(self.id, variable=name, value=value)

    async def continue_at(self, context: str, extension: str = "s", priority: int = 1) -> None:
        """Sends the channel from our application to the dialplan: StasisEnd follows, and requests raise AriConflict."""
        await self._channels.continue_in_dialplan(self.id, context=context, extension=extension, priority=priority)
