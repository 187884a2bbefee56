"""Calls that are led to the rooms of an account, or to one of them."""

from typing import Any

from engine.calls.directory import Answering, NoDestination
from engine.features.errors import NotThere
from engine.features.rooms.entering import Place, asking
from engine.features.rooms.index import RoomIndex
from engine.platform.destination_kind import DestinationKind
from engine.store.accounts import Account


class RoomsKind(DestinationKind):
    """`rooms`: asks for a PIN, which opens one of the account's rooms. `rooms:NUMBER`: asks for a PIN of that room, by
    whose id it is stored.
    """

    name = "rooms"
    alone = True

    def __init__(self, index: RoomIndex) -> None:
        self._index = index

    def checked(self, account: Account, target: str) -> str:
        if not target:
            return ""
        if (room := self._index.get(account.id, target)) is None:
            raise NotThere(f"The account has no room {target[:64]}; `carillon rooms list` shows all.")
        return room.id

    def fields(self, account: Account, target: str) -> dict[str, Any]:
        room = self._index.get(account.id, target) if target else None
        return {"target": room.number if room else target}

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        room = self._index.get(account.id, target) if target else None
        if target and room is None:
            raise NoDestination(f"The account has no room {target}.")
        ask = asking(Place(room=room.id), room.settings.language) if room else asking(Place())
        return Answering(account=account.id, tasks=(ask,))
