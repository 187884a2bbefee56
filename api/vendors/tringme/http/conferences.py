"""TringMe's conferences: rooms with a PIN for participants and one for the admin."""

from aiohttp import web

from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.http import resources
from api.vendors.tringme.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tringme.ids import conference_number
from engine.features.accounts import Account
from engine.features.accounts.model import actor_of
from engine.features.errors import AlreadyThere, InvalidSetting
from engine.features.rooms.model import NewRoom, Room, RoomSettings
from engine.features.rooms.service import RoomService


class Conferences:
    """Conferences by the 31 digits that name them, which are made of their rooms' ids."""

    def __init__(self, rooms: RoomService) -> None:
        self._rooms = rooms

    async def create(self, account: Account, pin: str, admin_pin: str, opens: float | None) -> str:
        """Make one; returns its id. Raises InvalidSetting, AlreadyThere, TooManyRooms."""
        wanted = NewRoom(pin=pin, admin_pin=admin_pin, settings=RoomSettings(opens=opens), easy_pins=True)
        return conference_number((await self._rooms.add(actor_of(account), account.id, wanted)).room.id)

    async def by_number(self, account: Account) -> dict[str, Room]:
        """Return the rooms of an account by the ids of their conferences."""
        return {conference_number(room.id): room for room in await self._rooms.list_all(account.id)}

    async def cancel(self, account: Account, room: Room) -> None:
        """Remove one; raises NotThere."""
        await self._rooms.remove(actor_of(account), account.id, room.id)


class ConferenceOperations:
    """createconference."""

    def __init__(self, conferences: Conferences) -> None:
        self._conferences = conferences

    def operations(self) -> dict[str, Handler]:
        """Return it by its name."""
        return {"createconference": self.create}

    async def create(self, request: AuthenticatedRequest) -> web.Response:
        """Make a conference that is entered with pin, and led with apin; with a schedule it opens then."""
        parameters = request.parameters
        pin, admin_pin = parameters.text("pin"), parameters.text("apin")
        if pin == admin_pin:
            raise Invalid("The parameter apin must differ from pin: the PIN says who is the admin.")
        try:
            made = await self._conferences.create(request.account, pin, admin_pin, parameters.schedule())
        except (InvalidSetting, AlreadyThere) as error:
            raise Invalid(f"The parameter {str(error).replace('admin_pin', 'apin')}") from None
        return resources.done(made)
