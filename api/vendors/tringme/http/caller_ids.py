"""TringMe's caller ids: verified by a code, shown, taken back."""

from aiohttp import web

from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.http import resources
from api.vendors.tringme.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.tringme.http.requests import Parameters
from engine.features.accounts.model import actor_of
from engine.features.caller_ids.errors import NoCode, WrongCode
from engine.features.caller_ids.model import CODE, WantedCode
from engine.features.caller_ids.service import CallerIds
from engine.features.errors import InvalidSetting, NotThere

BY_CALL, DEFAULT, FORCED = 1, 2, 4
"""The bits of setcallerid's flag: the code is spoken by a call; the number becomes the default; it is verified
again."""
PLACES = ("%TRINGMEAUTHCODE%", "%25TRINGMEAUTHCODE%25")
"""Where a message has the code; one that was encoded once more is taken too."""
UNKNOWN = "The parameter callerid is no caller id of this account."


class CallerIdOperations:
    """setcallerid, verifycallerid, deletecallerid (resetauthphone and confirmauthphone in version 3.0)."""

    def __init__(self, caller_ids: CallerIds) -> None:
        self._caller_ids = caller_ids

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
        """Send a code to a number; one that is verified already gets none, and becomes the default if asked for."""
        parameters, account = request.parameters, request.account
        number, message = f"+{parameters.number('callerid').digits}", _message(parameters)
        flag = parameters.bits("flag", DEFAULT, BY_CALL | DEFAULT | FORCED)
        verified = {f"+{each.number}" for each in await self._caller_ids.list_all(account.id)}
        if number in verified and not flag & FORCED:
            if flag & DEFAULT:
                await self._caller_ids.prefer(actor_of(account), account, number, request.user)
            return resources.done()
        wanted = WantedCode(
            number=number,
            how="call" if flag & BY_CALL else "text",
            message=message,
            user=request.user,
            make_default=bool(flag & DEFAULT),
            again=True,
        )
        try:
            await self._caller_ids.send(account, wanted)
        except InvalidSetting as error:
            raise Invalid(f"The parameter {error}") from None
        return resources.done()

    async def verify(self, request: AuthenticatedRequest) -> web.Response:
        """Take the code that a number got."""
        parameters, account = request.parameters, request.account
        code, number = parameters.text("code"), parameters.number_or_none("callerid")
        try:
            await self._caller_ids.answer(
                actor_of(account),
                account,
                code,
                number=f"+{number.digits}" if number else None,
                user=request.user or None,
            )
        except (WrongCode, NoCode) as error:
            raise Invalid(f"The parameter code cannot be taken. {error}") from None
        return resources.done()

    async def delete(self, request: AuthenticatedRequest) -> web.Response:
        """Forget a caller id."""
        account, number = request.account, request.parameters.number("callerid").digits
        try:
            await self._caller_ids.remove(actor_of(account), account, f"+{number}")
        except NotThere:
            raise Invalid(UNKNOWN) from None
        return resources.done()


def _message(parameters: Parameters) -> str:
    """Return the message with the engine's place for the code, "" for none; raises Invalid without such a place."""
    if parameters.text_or_none("message") is None:
        return ""
    message = parameters.message("message").replace(CODE, "")
    for place in PLACES:
        message = message.replace(place, CODE)
    if CODE not in message:
        raise Invalid(f"The parameter message must have {PLACES[0]} where the code is to be.")
    return message
