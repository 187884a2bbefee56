"""RingPlan's texting numbers: the account's numbers for texts, and whose they are."""

from collections.abc import Mapping

from aiohttp import web

from api.vendors.ringplan.auth import Requester
from api.vendors.ringplan.errors import Invalid, NotFound
from api.vendors.ringplan.http import requests, resources
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringplan.ids import DIALECT
from engine.features.accounts import Account
from engine.features.details.model import Details
from engine.features.details.service import DetailService
from engine.features.errors import InvalidNumber
from engine.features.numbers.model import SMS
from engine.features.numbers.phone_numbers import normalise
from engine.features.users.rules import email_of
from engine.platform.settings_cache import SettingsCache

KIND = f"{DIALECT} texting number"
MOST_OWNERS = 100
_FORMATS = ("national", "international")


class NumberOwners:
    """Says who sees what is written from and to a company's texting numbers."""

    def __init__(self, details: DetailService) -> None:
        self._details = details

    async def of(self, company: str) -> Mapping[str, list[str]]:
        """Return the e-mail addresses of each number's owners; numbers (digits) without owners may be left out."""
        found = await self._details.of_kind(company, KIND)
        return {number: _owners(details) for number, details in found.items()}

    async def may_see(self, number: str, requester: Requester) -> bool:
        """Whether a user sees what is written from and to a number of the company (digits)."""
        return requester.is_owner or sees(requester, (await self.of(requester.account.id)).get(number, []))


class TextingNumberOperations:
    """Lists the numbers, and sets their owners."""

    def __init__(self, cache: SettingsCache, details: DetailService) -> None:
        self._cache, self._details, self._owners = cache, details, NumberOwners(details)

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        return {"GET /texting/numbers": self.list_all, "PUT /texting/numbers/{number}": self.set_owners}

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List the numbers that the acting user owns, and those that nobody owns; the owner of the company sees all."""
        form = requests.text(request.http, "numformat") or _FORMATS[0]
        if form not in _FORMATS:
            raise Invalid(f"numformat must be {' or '.join(_FORMATS)} (got {form[:40]!r}).")
        account = request.account
        owners = await self._owners.of(account.id)
        shown = [
            resources.texting_number(account, number, owned, international=form == "international")
            for number in self._numbers(account)
            for owned in [owners.get(number, [])]
            if sees(request.requester, owned)
        ]
        return web.json_response(shown)

    async def set_owners(self, request: AuthenticatedRequest) -> web.Response:
        """Say whose a number is, by their e-mail addresses; none: everybody's. The company's owner alone may."""
        request.must_own()
        account, number = request.account, self.own(request.account, request.part("number"))
        owners = list(dict.fromkeys(email_of(each) for each in request.texts))
        if len(owners) > MOST_OWNERS:
            raise Invalid(f"A texting number has at most {MOST_OWNERS} owners (got {len(owners)}).")
        await self._details.replace(account.id, KIND, number, {"ownership": owners})
        return web.json_response(resources.texting_number(account, number, owners, international=False))

    def own(self, account: Account, written: str) -> str:
        """Return the digits of a number of the account that takes texts; raises NotFound."""
        try:
            number = normalise(written, account.country)
        except InvalidNumber:
            number = ""
        if number not in self._numbers(account):
            raise NotFound(f"The company has no texting number {written[:40]}.")
        return number

    def first(self, account: Account) -> str:
        """Return the account's first number that takes texts; raises Invalid where it has none."""
        numbers = self._numbers(account)
        if not numbers:
            raise Invalid("The company has no texting number: `carillon numbers add` gives it one.")
        return numbers[0]

    def _numbers(self, account: Account) -> list[str]:
        return sorted(row.number for row in self._cache.numbers(account.id, SMS))


def sees(requester: Requester, owned: list[str]) -> bool:
    """Whether a user sees what is written from and to a number with these owners (e-mail addresses)."""
    user = requester.user
    return requester.is_owner or not owned or (user is not None and user.email in owned)


def _owners(details: Details) -> list[str]:
    return list(details.fields.get("ownership", []))
