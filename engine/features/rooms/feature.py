"""Rooms: conferences that callers enter with a PIN."""

from engine.features.destinations.registry import Destinations
from engine.features.guesses.service import Guesses
from engine.features.rooms.destination import RoomsKind
from engine.features.rooms.entering import TOPIC, Entering
from engine.features.rooms.index import RoomIndex
from engine.features.rooms.service import RoomService
from engine.features.rooms.tables import room_pins, rooms
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class RoomsFeature(Feature):
    """The rooms of accounts, the destination `rooms`, and how callers enter their PINs."""

    name = "rooms"
    tables = (room_pins, rooms)

    def __init__(self, platform: Platform, guesses: Guesses, destinations: Destinations) -> None:
        index = RoomIndex()
        self.service = RoomService(platform, index, guesses, destinations)
        self._cache = platform.cache
        platform.on_refresh(lambda: index.keep(self._is_open))
        self.services = (self.service,)
        self.destinations = (RoomsKind(index),)
        self.conference_rules = index.rules
        self.conversations = {TOPIC: Entering(platform, index, guesses)}

    async def start(self) -> None:
        """Read all rooms."""
        await self.service.load()

    def _is_open(self, account: str) -> bool:
        found = self._cache.find(account)
        return found is not None and found.closed is None
