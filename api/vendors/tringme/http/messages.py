"""TringMe's texts."""

from aiohttp import web

from api.command_taker import CommandTaker
from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.http import resources
from api.vendors.tringme.http.authenticated import AuthenticatedRequest, Handler
from engine.commands import CallerRefused
from engine.features.messaging.commands import SendMessages, TextRefused, TextsRefused
from engine.features.messaging.model import NewMessage


class MessageOperations:
    """sms (sendsms in version 3.0). The sender is the account's texting number, or callerid where that is one."""

    def __init__(self, engine: CommandTaker) -> None:
        self._engine = engine

    def operations(self) -> dict[str, Handler]:
        """Return each by its name."""
        return {"sms": self.send, "sendsms": self.send}

    async def send(self, request: AuthenticatedRequest) -> web.Response:
        """Send a text to each number of a list, to all or to none. With a schedule the ids come back, by which they can
        be cancelled."""
        parameters = request.parameters
        numbers, text, at = parameters.numbers("dest"), parameters.message("msg"), parameters.schedule()
        given = parameters.number_or_none("callerid")
        sender = given.digits if given else None
        wanted = tuple(NewMessage(to=number.digits, text=text, sender=sender, at=at) for number in numbers)
        try:
            made = await self._engine.submit(SendMessages(account=request.account.id, messages=wanted))
        except TextsRefused as refusal:
            raise Invalid(f"The parameter dest has numbers that get no text, so none was sent. {refusal}") from None
        except TextRefused as refusal:
            raise Invalid(f"The parameter msg cannot be sent: {refusal}") from None
        except CallerRefused as refusal:
            what = "is missing" if sender is None else "cannot be shown"
            raise Invalid(f"The parameter callerid {what}. {refusal}") from None
        return resources.done(",".join(each.id for each in made) if at is not None else "")
