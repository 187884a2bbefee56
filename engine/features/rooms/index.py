"""Rooms and PINs in memory: what each call for a room asks for."""

from collections import Counter
from collections.abc import Callable, Iterable

from engine.features.rooms.model import Room
from engine.features.rooms.store import Pin
from engine.model.conference_rules import ConferenceRules


class RoomIndex:
    """Rooms by account and number, and by PIN. The store stays the truth; each change is put here behind it."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._numbered: dict[tuple[str, str], str] = {}
        self._pins: dict[tuple[str, str], Pin] = {}
        self._digests: dict[str, set[str]] = {}  # of a room's PINs
        self._counts: Counter[str] = Counter()

    def load(self, rooms: Iterable[Room], pins: Iterable[Pin]) -> None:
        """Take everything."""
        self._rooms = {room.id: room for room in rooms}
        self._numbered = {(room.account, room.number): room.id for room in self._rooms.values()}
        self._pins, self._digests = {}, {}
        for pin in pins:
            self._take(pin)
        self._counts = Counter(room.account for room in self._rooms.values())

    def put(self, room: Room, digests: dict[bool, str]) -> None:
        """Take a room as it is now, with what is kept of its PINs."""
        self.drop(room)
        self._rooms[room.id] = room
        self._counts[room.account] += 1
        self._numbered[room.account, room.number] = room.id
        for admin, digest in digests.items():
            self._take(Pin(room.account, digest, room.id, admin))

    def drop(self, room: Room) -> None:
        """Forget a room."""
        if self._rooms.pop(room.id, None):
            self._counts[room.account] -= 1
        self._numbered.pop((room.account, room.number), None)
        for digest in self._digests.pop(room.id, ()):
            pin = self._pins.get((room.account, digest))
            if pin and pin.room == room.id:
                del self._pins[room.account, digest]

    def keep(self, is_there: Callable[[str], bool]) -> None:
        """Forget the rooms of accounts that are not there any more."""
        for room in [room for room in self._rooms.values() if not is_there(room.account)]:
            self.drop(room)

    def _take(self, pin: Pin) -> None:
        self._pins[pin.account, pin.digest] = pin
        self._digests.setdefault(pin.room, set()).add(pin.digest)

    def get(self, account: str, room: str) -> Room | None:
        """Return an account's room by its id, or else by its number."""
        found = self._rooms.get(room) or self._rooms.get(self._numbered.get((account, room), ""))
        return found if found and found.account == account else None

    def count(self, account: str) -> int:
        """Return how many rooms an account has."""
        return self._counts[account]

    def rules(self, account: str, conference: str) -> ConferenceRules | None:
        """Return the rules of the conference in a room, whose name is the room's id."""
        room = self._rooms.get(conference)
        return room.settings.rules if room and room.account == account else None

    def entered(self, account: str, digest: str) -> tuple[Room, bool] | None:
        """Return the room that a PIN opens within an account, and whether it is the admin's."""
        pin = self._pins.get((account, digest))
        room = self._rooms.get(pin.room) if pin else None
        return (room, pin.admin) if room and pin else None
