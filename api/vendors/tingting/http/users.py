"""TingTing's user details: of the user who signed in, or of the account itself."""

from aiohttp import web

from api.vendors.tingting.auth import Requester
from api.vendors.tingting.http import resources
from api.vendors.tingting.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tingting.http.resources import Shape
from api.vendors.tingting.ids import whole_number
from engine.features.caller_ids.service import CallerIds


class UserOperations:
    """user_details, and the newer API's user-profile."""

    def __init__(self, callers: CallerIds) -> None:
        self._callers = callers

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        return {
            "GET /api/accounts/user_details": self.details,
            "GET /api/v1/auths/user-profile": self.profile,
        }

    async def details(self, request: AuthenticatedRequest) -> web.Response:
        """Show who signed in. We keep no postal address; the number is the first that the account has proved."""
        number = await self._number(request)
        shown = {
            **_named(request.requester),
            "is_verified_email": True,
            "contact_number": number,
            "is_verified_phone": bool(number),
            "address": "",
        }
        return resources.envelope({"user_details": shown})

    async def profile(self, request: AuthenticatedRequest) -> web.Response:
        """Show the same in the newer API's manner."""
        number = await self._number(request)
        return web.json_response(
            {
                "id": whole_number(request.requester.id),
                "user": _named(request.requester),
                "profile_picture": None,
                "contact_no": number,
                "address": "",
                "is_verified_contact": bool(number),
            }
        )

    async def _number(self, request: AuthenticatedRequest) -> str:
        proved = await self._callers.list_all(request.account.id)
        return proved[0].number if proved else ""


def _named(requester: Requester) -> Shape:
    return names(requester) | {"username": username(requester)}


def names(requester: Requester) -> Shape:
    """Return the first and the last name, and the address of who signed in."""
    name = (requester.user.name if requester.user else "") or username(requester)
    first, _, last = name.partition(" ")
    return {"first_name": first, "last_name": last.strip(), "email": requester.email}


def username(requester: Requester) -> str:
    """Return the part of the address before its @; of an account its name."""
    return requester.user.email.partition("@")[0] if requester.user else requester.account.name
