"""An SMSC as a Carrier."""

import asyncio

from engine.features.messaging.carrier import Answer, Inbox, NotSent, Refused, Submission, Unknown
from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.answers import answer_of
from engine.features.messaging.smpp.arrivals import Arrivals
from engine.features.messaging.smpp.link import Link, LinkState
from engine.features.messaging.smpp.outgoing import CannotSubmit, submit_of
from engine.features.messaging.smpp.session import NotWritten
from engine.features.messaging.smpp.settings import SmscSettings


class SmppCarrier:
    """One SMSC, over one link that sends and receives, or over one for each."""

    def __init__(self, settings: SmscSettings, inbox: Inbox) -> None:
        self._settings = settings
        self._arrivals = Arrivals(settings, inbox)
        commands = (pdu.BIND_TRANSCEIVER,) if settings.mode == "trx" else (pdu.BIND_TRANSMITTER, pdu.BIND_RECEIVER)
        self._links = [Link(settings, command, self._arrivals.take) for command in commands]
        self._sending = self._links[0]
        self._window = asyncio.Semaphore(settings.window)

    @property
    def name(self) -> str:
        """The SMSC's name."""
        return self._settings.name

    @property
    def ready(self) -> bool:
        """Whether a link that sends is bound."""
        return self._sending.ready.is_set()

    @property
    def state(self) -> LinkState:
        """How the link stands; of two, the one that is not bound."""
        return next((link.state for link in self._links if link.state is not LinkState.BOUND), LinkState.BOUND)

    @property
    def since(self) -> float:
        """Since when it stands so, bound or not (Unix seconds)."""
        return next((link.since for link in self._links if link.state is not LinkState.BOUND), self._sending.since)

    @property
    def last_error(self) -> str:
        """A sentence that says why there is no link; "" if there is one, or none was tried yet."""
        return next((link.last_error for link in self._links if link.last_error), "")

    async def wait_ready(self) -> None:
        """Return as soon as a link that sends is bound."""
        await self._sending.ready.wait()

    async def submit(self, part: Submission) -> Answer:
        """Submit one part, in its turn if `window` parts are unanswered."""
        try:
            body = submit_of(part, self._settings)
        except CannotSubmit as error:
            return Refused(str(error))
        async with self._window:
            session = self._sending.session
            if session is None:
                return NotSent(f"There is no link to {self.name}. {self._sending.last_error}".strip())
            try:
                response = await session.request(pdu.SUBMIT_SM, body)
            except NotWritten:
                return NotSent(f"The link to {self.name} ended before the text was sent.")
        if response is not None:
            return answer_of(response, self._settings)
        if self._sending.session is session:
            return Unknown(f"{self.name} did not answer within {self._settings.answer_seconds:g} s.")
        return Unknown(f"The link to {self.name} ended before it answered.")

    async def start(self) -> None:
        """Connect, and connect again whenever a link is lost, until `stop`."""
        for link in self._links:
            link.start()

    async def stop(self) -> None:
        """Unbind and close; what was not answered yet ends as Unknown."""
        await asyncio.gather(*(link.stop() for link in self._links))
        await self._arrivals.stop()
