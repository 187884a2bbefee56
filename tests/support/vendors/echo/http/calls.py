"""Its one operation."""

from aiohttp import web
from api.vendors.echo.http import requests, resources
from api.vendors.echo.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.echo.ids import DIALECT

from api.command_taker import CommandTaker
from engine.commands import PlaceCall
from engine.model.call_data import CallData


class CallOperations:
    """Place a call."""

    def __init__(self, engine: CommandTaker) -> None:
        self._engine = engine

    def operations(self) -> dict[str, Handler]:
        """Return it by its name."""
        return {"calls": self.place}

    async def place(self, request: AuthenticatedRequest) -> web.Response:
        """Ring a phone."""
        wanted = requests.new_call(request.body)
        data = CallData(dialect=DIALECT, address=wanted.notify)
        call = await self._engine.submit(PlaceCall(account=request.account.id, callee=wanted.to, data=data))
        return resources.placed(call.id)
