"""RingPlan's locations."""

from aiohttp import web

from api.vendors.ringplan import fields
from api.vendors.ringplan.fields import Fields
from api.vendors.ringplan.http import resources
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from engine.features.locations.service import LocationService

_OURS = ("id", "company_id", "pbx_id", "name")


class LocationOperations:
    """Lists, adds, changes and removes them."""

    def __init__(self, locations: LocationService) -> None:
        self._locations = locations

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        one = "/company/locations/{location}"
        return {
            "GET /company/locations": self.list_all,
            "POST /company/locations": self.add,
            f"GET {one}": self.show,
            f"PATCH {one}": self.change,
            f"DELETE {one}": self.remove,
        }

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List the company's locations, the oldest first."""
        found = await self._locations.list_all(request.account.id)
        return web.json_response([resources.location(each) for each in found])

    async def show(self, request: AuthenticatedRequest) -> web.Response:
        """Show a location."""
        found = await self._locations.get(request.account.id, request.part("location"))
        return web.json_response(resources.location(found))

    async def add(self, request: AuthenticatedRequest) -> web.Response:
        """Add a location."""
        request.must_own()
        name = fields.text(request.fields, "name")
        made = await self._locations.add(request.by, request.account.id, name, _kept(request.fields))
        return web.json_response(resources.location(made), status=201)

    async def change(self, request: AuthenticatedRequest) -> web.Response:
        """Change the fields of a location that are named."""
        request.must_own()
        id, name = request.part("location"), fields.text_or_none(request.fields, "name")
        changed = await self._locations.change(request.by, request.account.id, id, _kept(request.fields), name)
        return web.json_response(resources.location(changed))

    async def remove(self, request: AuthenticatedRequest) -> web.Response:
        """Remove a location, and answer what it was."""
        request.must_own()
        removed = await self._locations.remove(request.by, request.account.id, request.part("location"))
        return web.json_response(resources.location(removed))


def _kept(given: Fields) -> Fields:
    for name in ("street", "building"):
        fields.inner(given, name)
    return fields.without(given, *_OURS)
