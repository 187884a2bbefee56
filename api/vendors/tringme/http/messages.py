"""TringMe's texts."""

from aiohttp import web

from api.errors import sentence_of
from api.ports import CommandTaker
from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.http import resources
from api.vendors.tringme.http.authenticated import AuthenticatedRequest, Handler
from engine.commands import CommandRefused
from engine.features.messaging.commands import SendMessage
from engine.features.messaging.model import NewMessage


class MessageOperations:
    """sms (sendsms in version 3.0). The sender is the account's texting number, or callerid where that is one."""

    def __init__(self, engine: CommandTaker) -> None:
        self._engine = engine

    def operations(self) -> dict[str, Handler]:
        """Return each by its name."""
        return {"sms": self.send, "sendsms": self.send}

    async def send(self, request: AuthenticatedRequest) -> web.Response:
        """Send a text to each number of a list. With a schedule the ids come back, by which they can be cancelled."""
        parameters = request.parameters
        numbers, text, at = parameters.numbers("dest"), parameters.message("msg"), parameters.schedule()
        sender = parameters.number_or_none("callerid")
        made: list[str] = []
        refused: list[str] = []
        for number in numbers:
            message = NewMessage(to=number.digits, text=text, sender=sender.digits if sender else None, at=at)
            try:
                accepted = await self._engine.submit(SendMessage(account=request.account.id, message=message))
            except CommandRefused as refusal:
                refused.append(f"{number.written}: {sentence_of(refusal)}")
            else:
                made.append(accepted.id)
        if refused:
            sent = f" {len(made)} of {len(numbers)} texts were accepted." if made else ""
            raise Invalid(f"The parameter dest has numbers that get no text. {' '.join(refused)}{sent}")
        return resources.done(",".join(made) if at is not None else "")
