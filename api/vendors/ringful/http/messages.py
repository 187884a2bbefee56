"""Ringful's operations on texts: SendReceiveSms, whose reply comes to its callbackUrl, and SendSms, which has none."""

from aiohttp import web

from api.command_taker import CommandTaker
from api.vendors.ringful import call_data
from api.vendors.ringful.errors import Invalid
from api.vendors.ringful.http import resources
from api.vendors.ringful.http.authenticated import AuthenticatedRequest, Handler
from engine.features.messaging.commands import SendMessage
from engine.features.messaging.model import NewMessage
from engine.model.call_data import CallData

OPERATORS = {"1": "AT&T", "2": "Verizon", "3": "Sprint", "4": "T-Mobile"}
"""The document's table. It chose a gateway once; here the routes by prefix do, so it is checked and no more."""
SHORT = 140
"""A text of SendSms must have fewer characters."""
_NORTH_AMERICAN = ("1", 11)  # country code, digits with it (North American Numbering Plan)


class MessageOperations:
    """The two of the document's SMS API. The sender is the account's texting number."""

    def __init__(self, engine: CommandTaker) -> None:
        self._engine = engine

    def operations(self) -> dict[str, Handler]:
        """Return each by its method in lower case; the document spells the first one in two ways."""
        return {
            "sendreceivesms": self.send_receive,
            "sendrecivesms": self.send_receive,
            "sendsms": self.send,
        }

    async def send_receive(self, request: AuthenticatedRequest) -> web.Response:
        """Send a text of any length; the reply is posted to callbackUrl, its sender spelled as callee was."""
        callee, text = request.parameters.number("callee"), request.parameters.message("message")
        data = call_data.notified(request.parameters.callback_url(), **call_data.spelling(callee))
        return await self._send(request, callee.digits, text, data)

    async def send(self, request: AuthenticatedRequest) -> web.Response:
        """Send one short text to North America; a reply to it is posted nowhere."""
        callee, text = request.parameters.number("callee"), request.parameters.message("message")
        if request.parameters.text("operator") not in OPERATORS:
            known = ", ".join(f"{number} ({name})" for number, name in OPERATORS.items())
            raise Invalid(f"The parameter operator must be one of {known}.")
        if len(text) >= SHORT:
            raise Invalid(f"The parameter message must have fewer than {SHORT} characters (got {len(text)}).")
        code, digits = _NORTH_AMERICAN
        if not (callee.digits.startswith(code) and len(callee.digits) == digits):
            raise Invalid("The parameter callee must be a North American number, such as 15125551234.")
        return await self._send(request, callee.digits, text, None)

    async def _send(self, request: AuthenticatedRequest, to: str, text: str, data: CallData | None) -> web.Response:
        message = NewMessage(to=to, text=text, data=data)
        await self._engine.submit(SendMessage(account=request.account.id, message=message))
        return resources.nothing()
