"""TingTing's phone numbers: owned, for sale, bought, released; the newer API's dialers are those that are owned."""

from collections.abc import Sequence

from aiohttp import web

from api.vendors.tingting.errors import Invalid, NotFound
from api.vendors.tingting.http import requests, resources
from api.vendors.tingting.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tingting.http.resources import Shape
from api.vendors.tingting.ids import NumberSids
from engine.features.numbers.sales import NumberSales, OfferedNumber
from engine.model.money import MILLION

WORDS = {"voice": "Voice", "sms": "SMS"}
PAGE = 100
"""How many numbers for sale are listed; `page` and `page_size` in the query list others."""
NO_SID = "phone_sid is the SID of no number: GET /api/system/phone_numbers lists those for sale."


class NumberOperations:
    """The operations on phone numbers."""

    def __init__(self, sales: NumberSales, sids: NumberSids) -> None:
        self._sales, self._sids = sales, sids

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        return {
            "GET /api/system/owned/phone_numbers": self.owned,
            "GET /api/system/phone_numbers": self.for_sale,
            "POST /api/system/phone_numbers": self.buy,
            "DELETE /api/system/phone_numbers": self.release,
            "GET /api/v1/active-broker-phone": self.dialers,
        }

    async def owned(self, request: AuthenticatedRequest) -> web.Response:
        """List the account's numbers."""
        found = await self._sales.owned(request.account.id)
        return resources.envelope({"owned_numbers": self._shown(found)})

    async def for_sale(self, request: AuthenticatedRequest) -> web.Response:
        """List numbers that can be bought."""
        page = requests.page(request.fields, PAGE)
        found = await self._sales.for_sale(limit=page.size, offset=page.offset)
        return resources.envelope({"number_lists": self._shown(found)}, "Number Lists Retrived Successfully!!")

    async def buy(self, request: AuthenticatedRequest) -> web.Response:
        """Buy a number by its SID."""
        number = self._number(request)
        bought = await self._sales.buy(request.by, request.account.id, number)
        return resources.envelope({"number_details": self._shown([bought])}, f"{number} number bought successfully!!")

    async def release(self, request: AuthenticatedRequest) -> web.Response:
        """Give a number back by its SID, which the body has, or the query."""
        number = self._number(request)
        await self._sales.release(request.by, request.account.id, number)
        return resources.envelope({}, f"{number} number released successfully!!", status=204)

    async def dialers(self, request: AuthenticatedRequest) -> web.Response:
        """List the account's numbers that place calls, by the ids that a campaign's `user_phone` has."""
        found = await self._sales.owned(request.account.id)
        return web.json_response([{"id": int(each.number), "phone_number": each.number} for each in found])

    def _number(self, request: AuthenticatedRequest) -> str:
        sid = request.fields.text_or_none("phone_sid", "phone_number_sid", "sid")
        if sid is None:
            raise Invalid("phone_sid is missing.")
        number = self._sids.number(sid)
        if number is None:
            raise NotFound(NO_SID)
        return number

    def _shown(self, found: Sequence[OfferedNumber]) -> list[Shape]:
        return [
            {
                "phone_number": each.number,
                "rate": each.price / MILLION,
                "available_capabilities": ", ".join(WORDS[capability] for capability in each.capabilities),
                "phone_number_sid": self._sids.of(each.number),
                "friendly_name": "",
                "accept_incoming": None,
                "configure_with": "",
                "call_comes_in": None,
                "call_url": None,
                "http_request": None,
            }
            for each in found
        ]
