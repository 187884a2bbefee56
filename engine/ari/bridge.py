"""A bridge of Asterisk, which mixes the audio of its channels."""

from contextlib import suppress

from engine.ari import generated as ari
from engine.ari.bus import Bus
from engine.ari.client import AriClient
from engine.ari.errors import AriBadRequest, AriConflict, AriNotFound, Unprocessable
from engine.ari.requests import settled

# Asterisk optimises a plain "mixing" bridge of two parties out of its core: then no digits arrive, and the parties
# hear nothing while something plays.
MIX = "mixing,dtmf_events,proxy_media"


class Bridge:
    """A bridge with an id that we chose. Every method raises AriError."""

    def __init__(self, client: AriClient, bus: Bus, id: str) -> None:
        self.id = id
        self._bus = bus
        self._bridges = client.bridges
        self._application = client.application

    async def create(self) -> None:
        """Creates the bridge. Its name is our ARI application's, because Asterisk stores no owner of a bridge.

        If a bridge of that id exists, it is ours. A cancellation waits for Asterisk's answer, so that destroy() finds
        the bridge.
        """
        request = self._bridges.create_with_id(self.id, type=MIX, name=self._application)
        with suppress(AriConflict):
            await settled(request, f"ari: create {self.id}")

    async def add(self, channel_id: str, *, absorb_dtmf: bool = False, mute: bool = False) -> None:
        """Adds a channel, which leaves the bridge that it was in. `absorb_dtmf`: the others do not hear its digits.

        Stop music and silence on the channel first. Raises AriNotFound if the channel or the bridge is gone,
        AriConflict or Unprocessable if the channel is not in our application.
        """
        try:
            await self._bridges.add_channel(
                self.id, channel=channel_id, absorb_dtmf=absorb_dtmf or None, mute=mute or None
            )
        except AriBadRequest as error:  # Asterisk's answer if the channel is unknown
            raise AriNotFound(error.operation, error.detail, error.status) from error

    async def remove(self, channel_id: str) -> None:
        """Removes a channel; succeeds if it is not in the bridge, or is gone."""
        with suppress(AriBadRequest, AriNotFound, Unprocessable):
            await self._bridges.remove_channel(self.id, channel=channel_id)

    async def destroy(self) -> None:
        """Destroys the bridge; its channels stay up, in our application. Succeeds if the bridge is gone."""
        with suppress(AriNotFound, AriConflict):  # 409 "not in Stasis" for some ms after the channel left
            await self._bridges.destroy(self.id)

    async def start_moh(self, moh_class: str | None = None) -> None:
        """Plays music to all channels in the bridge, mixed with their audio."""
        await self._bridges.start_moh(self.id, moh_class=moh_class)

    async def stop_moh(self) -> None:
        """Stops the music; succeeds if none plays."""
        with suppress(AriNotFound, AriConflict):
            await self._bridges.stop_moh(self.id)

    async def get(self) -> ari.Bridge | None:
        """Asterisk's description of the bridge; None if it is gone."""
        try:
            return await self._bridges.get(self.id)
        except AriNotFound:
            return None

    async def members(self) -> tuple[str, ...] | None:
        """The ids of the channels in the bridge; None if it is gone."""
        bridge = await self.get()
        return None if bridge is None else bridge.channels
