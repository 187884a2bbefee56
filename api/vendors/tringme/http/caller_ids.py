"""TringMe's caller ids: verified by a code, shown, taken back."""

from aiohttp import web

from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.http import resources
from api.vendors.tringme.http.account_state import AccountState
from api.vendors.tringme.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tringme.ids import CALLER_ID
from engine.features.accounts.model import actor_of
from engine.features.accounts.service import AccountService
from engine.features.errors import NotThere

BY_CALL, DEFAULT, FORCED = 1, 2, 4
"""The bits of setcallerid's flag: the code is spoken by a call; the number becomes the default; it is verified
again."""
UNKNOWN = "The parameter callerid is no caller id of this account."


class CallerIdOperations:
    """setcallerid, verifycallerid, deletecallerid (resetauthphone and confirmauthphone in version 3.0)."""

    def __init__(self, accounts: AccountService, state: AccountState) -> None:
        self._accounts, self._state = accounts, state

    def operations(self) -> dict[str, Handler]:
        """Return each by its name."""
        return {
            "setcallerid": self.set,
            "resetauthphone": self.set,
            "verifycallerid": self.verify,
            "confirmauthphone": self.verify,
            "deletecallerid": self.delete,
        }

    async def set(self, request: AuthenticatedRequest) -> web.Response:
        """Begin to verify a number; one that is verified becomes the default at once."""
        parameters, account = request.parameters, request.account
        number = parameters.number("callerid").digits
        flag = parameters.bits("flag", DEFAULT, BY_CALL | DEFAULT | FORCED)
        if flag & FORCED or number not in (await self._accounts.show(account.id)).callers:
            raise Invalid("The parameter callerid is not verified yet, and this installation cannot verify numbers.")
        if flag & DEFAULT:
            await self._state.set(account, CALLER_ID, number)
        return resources.done()

    async def verify(self, request: AuthenticatedRequest) -> web.Response:
        """Take the code that a number got."""
        request.parameters.text("code")
        raise Invalid("The parameter code is wrong, or has expired.")

    async def delete(self, request: AuthenticatedRequest) -> web.Response:
        """Forget a caller id."""
        account, number = request.account, request.parameters.number("callerid").digits
        try:
            await self._accounts.remove_caller(actor_of(account), account.id, f"+{number}")
        except NotThere:
            raise Invalid(UNKNOWN) from None
        if await self._state.caller_id(account.id) == number:
            await self._state.set(account, CALLER_ID, "")
        return resources.done()
