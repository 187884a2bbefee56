"""One channel of Asterisk, steered. Which events it raises is for whoever subscribed to its id."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Literal

from engine.ari import generated as ari
from engine.ari.bus import Bus, Subscription
from engine.ari.client import AriClient
from engine.ari.errors import AriConflict, AriNotFound, Gone, NotStarted, ServerError
from engine.ari.requests import settled, undone

Direction = Literal["in", "out", "both"]


class Channel:
    """A channel under an id of ours. Every method raises the AriErrors, AriNotFound when the channel is gone.

    answer(), set_variable() and the bridge's add() and remove() wait in the channel's own queue while something plays
    on it: stop that first.
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
        within: float = 5.0,
    ) -> ari.Channel:
        """Makes the channel, not yet dialled, and waits until it is in our application (StasisStart with `args`).

        dial() before that would be refused and leave it Down for ever. `endpoint` is PJSIP/<number>@<trunk> and the
        like; the caller id is the variable `CONNECTEDLINE(all,i)`. A channel of that id that is there already is
        ours, from an earlier attempt. On every failure, and on cancellation, no channel is left behind.
        Raises NotStarted after `within` seconds, Gone when it ended first, ServerError for an unknown endpoint.
        """
        followed = (ari.StasisStart, ari.StasisEnd, ari.ChannelDestroyed)
        request = self._channels.create(
            endpoint=endpoint,
            app=self._client.application,
            app_args=",".join(args) or None,
            channel_id=self.id,
            originator=originator,
            formats=formats,
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
        """The channel that has our id already.

        Asterisk keeps "id exists" for its HTTP connection: a later failure on it for another reason says 409 too.
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
        """Starts to dial; without an answer after `seconds` it ends (cause 19). `caller` is the channel dialled for.

        Answered is ChannelStateChange to Up; failed is ChannelDestroyed with the cause.
        """
        await self._channels.dial(self.id, timeout=seconds, caller=caller)

    async def get(self) -> ari.Channel | None:
        """What Asterisk knows of it; None when it is gone."""
        try:
            return await self._channels.get(self.id)
        except AriNotFound:
            return None

    async def subscribe_inbound(self) -> None:
        """Asks for all its events. Without it an inbound channel never sends its ChannelDestroyed."""
        await self._client.applications.subscribe(self._client.application, event_source=f"channel:{self.id}")

    async def answer(self) -> None:
        """Answers an inbound call."""
        await self._channels.answer(self.id)

    async def progress(self) -> None:
        """Sends 183, for audio before the answer."""
        await self._channels.progress(self.id)

    async def ring(self) -> None:
        """Sends 180 before the answer, and a ringback tone until stop_ringing() after it."""
        await self._channels.ring(self.id)

    async def stop_ringing(self) -> None:
        """Ends the ringback tone."""
        await self._channels.ring_stop(self.id)

    async def hangup(self, *, cause: int | None = None, reason: str | None = None) -> None:
        """Ends the call, with a Q.850 `cause` or ARI's `reason` (normal, busy, congestion, no_answer, …).

        A channel that is gone is a success.
        """
        with suppress(AriNotFound):
            await self._channels.hangup(self.id, reason_code=None if cause is None else str(cause), reason=reason)

    async def send_dtmf(self, digits: str, *, duration_ms: int = 100, between_ms: int = 100) -> None:
        """Sends digits to the far end; returns before they are through."""
        await self._channels.send_dtmf(self.id, dtmf=digits, duration=duration_ms, between=between_ms)

    async def mute(self, direction: Direction = "both") -> None:
        """Silences what the party says (in; recordings of it too), hears (out), or both. It is not counted."""
        await self._channels.mute(self.id, direction=direction)

    async def unmute(self, direction: Direction = "both") -> None:
        """Undoes every mute of that direction."""
        await self._channels.unmute(self.id, direction=direction)

    async def hold(self) -> None:
        """Lets the party hear music; what it says still reaches the others."""
        await self._channels.hold(self.id)

    async def unhold(self) -> None:
        """Ends hold()."""
        await self._channels.unhold(self.id)

    async def start_moh(self, moh_class: str | None = None) -> None:
        """Plays music on hold. Stop it before the channel enters a bridge, or the party hears nothing there."""
        await self._channels.start_moh(self.id, moh_class=moh_class)

    async def stop_moh(self) -> None:
        """Ends the music."""
        await self._channels.stop_moh(self.id)

    async def start_silence(self) -> None:
        """Sends silence, where else no RTP would go. Stop it before the channel enters a bridge."""
        await self._channels.start_silence(self.id)

    async def stop_silence(self) -> None:
        """Ends the silence."""
        await self._channels.stop_silence(self.id)

    async def variable(self, name: str) -> str | None:
        """The value of a channel variable or function; None when it is not set or the channel is gone."""
        try:
            return (await self._channels.get_channel_var(self.id, variable=name)).value
        except AriNotFound:
            return None

    async def set_variable(self, name: str, value: str) -> None:
        """Sets a channel variable or function."""
        await self._channels.set_channel_var(self.id, variable=name, value=value)

    async def continue_at(self, context: str, extension: str = "s", priority: int = 1) -> None:
        """Leaves our application for the dialplan: StasisEnd follows, and commands get AriConflict there."""
        await self._channels.continue_in_dialplan(self.id, context=context, extension=extension, priority=priority)
