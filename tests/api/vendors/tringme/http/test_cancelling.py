"""TringMe's cancel of many things by one request."""

from typing import Any

import pytest

from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.http.authenticated import AuthenticatedRequest
from api.vendors.tringme.http.cancelling import MOST, CancelOperations
from api.vendors.tringme.http.conferences import Conferences
from api.vendors.tringme.http.requests import Parameters
from api.vendors.tringme.ids import conference_number
from engine.features.accounts import Account
from engine.features.errors import NotThere
from engine.features.rooms.model import Room, RoomSettings
from engine.platform.audit import Actor

ACCOUNT = Account(id="account-ann", name="ann", created=0.0)


class Rooms:
    """The rooms of every account, and how often they were read."""

    def __init__(self, count: int) -> None:
        self.there = {
            f"room-{n}": Room(
                id=f"room-{n}", account=ACCOUNT.id, number=str(n), name="", settings=RoomSettings(), created=0.0
            )
            for n in range(count)
        }
        self.read = 0

    async def list_all(self, account: str) -> list[Room]:
        self.read += 1
        return list(self.there.values())

    async def remove(self, by: Actor, account: str, room: str) -> Room:
        if room not in self.there:
            raise NotThere("There is no such room.")
        return self.there.pop(room)


async def cancel(rooms: Rooms, *ids: str) -> None:
    service: Any = rooms
    nothing: Any = None
    operations = CancelOperations(nothing, nothing, nothing, nothing, Conferences(service))
    await operations.cancel(AuthenticatedRequest(ACCOUNT, Parameters((("id", ",".join(ids)),), ACCOUNT)))


async def test_many_conferences_are_cancelled_by_one_look_at_the_rooms() -> None:
    rooms = Rooms(MOST + 1)
    await cancel(rooms, *(conference_number(f"room-{n}") for n in range(MOST)))
    assert (list(rooms.there), rooms.read) == ([f"room-{MOST}"], 1)


async def test_an_id_that_is_named_twice_is_cancelled_once() -> None:
    rooms = Rooms(1)
    await cancel(rooms, *[conference_number("room-0")] * (MOST + 1))
    assert rooms.there == {}


async def test_more_ids_than_a_hundred_are_refused_and_nothing_is_cancelled() -> None:
    rooms = Rooms(MOST + 1)
    with pytest.raises(Invalid, match=r"at most 100 things \(got 101\)"):
        await cancel(rooms, *(conference_number(id) for id in rooms.there))
    assert (len(rooms.there), rooms.read) == (MOST + 1, 0)


async def test_a_number_that_is_no_conference_is_nothing_that_is_scheduled() -> None:
    with pytest.raises(Invalid, match="nothing that is scheduled"):
        await cancel(Rooms(1), "1" * 31)
