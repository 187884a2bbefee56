"""One bridge of Asterisk, which mixes the audio of its channels."""

from contextlib import suppress

from engine.ari import generated as ari
from engine.ari.bus import Bus
from engine.ari.client import AriClient
from engine.ari.errors import AriBadRequest, AriConflict, AriNotFound, Unprocessable
from engine.ari.requests import settled

# A plain "mixing" bridge of two parties leaves Asterisk's core: no digits, and far ends go deaf when something plays.
MIX = "mixing,dtmf_events,proxy_media"


class Bridge:
    """A bridge under an id of ours. Every method raises the AriErrors."""

    def __init__(self, client: AriClient, bus: Bus, id: str) -> None:
        self.id = id
        self._bus = bus
        self._bridges = client.bridges
        self._application = client.application

    async def create(self) -> None:
        """Makes it, named as our ARI application: Asterisk keeps no owner of a bridge, so its name says whose it is.

        One of that id that is there already is ours. A cancellation waits for the answer, so destroy() finds it.
        """
        request = self._bridges.create_with_id(self.id, type=MIX, name=self._application)
        with suppress(AriConflict):
            await settled(request, f"ari: create {self.id}")

    async def add(self, channel_id: str, *, absorb_dtmf: bool = False, mute: bool = False) -> None:
        """Puts a channel in, out of the bridge that it was in. `absorb_dtmf` keeps its digits from the others.

        Stop music and silence on the channel first. Raises AriNotFound when the channel or the bridge is gone,
        AriConflict or Unprocessable when the channel is not in our application.
        """
        try:
            await self._bridges.add_channel(
                self.id, channel=channel_id, absorb_dtmf=absorb_dtmf or None, mute=mute or None
            )
        except AriBadRequest as error:  # Asterisk's answer for a channel that it does not know
            raise AriNotFound(error.operation, error.detail, error.status) from error

    async def remove(self, channel_id: str) -> None:
        """Takes a channel out; one that is not in it, or is gone, is a success."""
        with suppress(AriBadRequest, AriNotFound, Unprocessable):
            await self._bridges.remove_channel(self.id, channel=channel_id)

    async def destroy(self) -> None:
        """Ends it; its channels stay up, in our application. A bridge that is gone is a success."""
        with suppress(AriNotFound, AriConflict):  # 409 "not in Stasis" for some ms after it went
            await self._bridges.destroy(self.id)

    async def start_moh(self, moh_class: str | None = None) -> None:
        """Plays music to everybody in it, mixed with what they say."""
        await self._bridges.start_moh(self.id, moh_class=moh_class)

    async def stop_moh(self) -> None:
        """Ends the music; where none plays, that is a success."""
        with suppress(AriNotFound, AriConflict):
            await self._bridges.stop_moh(self.id)

    async def get(self) -> ari.Bridge | None:
        """What Asterisk knows of it; None when it is gone."""
        try:
            return await self._bridges.get(self.id)
        except AriNotFound:
            return None

    async def members(self) -> tuple[str, ...] | None:
        """The ids of the channels in it; None when it is gone."""
        bridge = await self.get()
        return None if bridge is None else bridge.channels
