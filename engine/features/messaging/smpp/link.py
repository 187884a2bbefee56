"""A link to an SMSC that is opened again whenever it is lost."""

import asyncio
import random
import ssl
import time
from enum import StrEnum

import structlog

from engine.features.messaging.smpp.session import BindRefused, LinkLost, Session, Take
from engine.features.messaging.smpp.settings import SmscSettings

log = structlog.get_logger(__name__)

_FIRST_SECONDS, _LONGEST_SECONDS = 1.0, 30.0
"""How long is waited before the next attempt: doubled each time, less up to a half at random."""
_LASTING_SECONDS = 10.0
"""A link that lasted as long begins the waits anew."""


class LinkState(StrEnum):
    """How a link stands."""

    STOPPED = "stopped"
    CONNECTING = "connecting"
    BOUND = "bound"
    LOST = "lost"  # and tried again in a while
    REFUSED = "refused"  # by the SMSC, which did not like system_id or password; tried again in a while


class _Refused(LinkLost):
    """Nothing listens at the port. That is known at once and costs nothing, so it is tried each second."""


class Link:
    """One link, bound by one of the three bind commands."""

    def __init__(self, settings: SmscSettings, command: int, take: Take) -> None:
        self.since = time.time()
        """Since when it is bound, or is not (Unix seconds)."""
        self._state = LinkState.STOPPED
        self.last_error = ""
        self.session: Session | None = None
        self.ready = asyncio.Event()
        self._settings = settings
        self._command = command
        self._take = take
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def state(self) -> LinkState:
        """How it stands."""
        return self._state

    @state.setter
    def state(self, state: LinkState) -> None:
        if LinkState.BOUND in (state, self._state) and state is not self._state:
            self.since = time.time()
        self._state = state

    def start(self) -> None:
        """Connect, and connect again whenever the link is lost."""
        self._stopping = False
        self._task = asyncio.create_task(self._keep(), name=f"smpp {self._settings.name}: link")

    async def stop(self) -> None:
        """Unbind and close."""
        session, task = self.session, self._task
        if task is None:
            return
        self._lose()
        self._stopping = True
        if session is not None:
            await session.unbind()
        task.cancel()
        await asyncio.wait((task,))
        self._task, self.state = None, LinkState.STOPPED

    async def _keep(self) -> None:
        delay, loop = _FIRST_SECONDS, asyncio.get_running_loop()
        while not self._stopping:
            began = loop.time()
            lost = await self._once()
            self._note(lost)
            if isinstance(lost, _Refused) or loop.time() - began > _LASTING_SECONDS:
                delay = _FIRST_SECONDS
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))
            delay = min(delay * 2, _LONGEST_SECONDS)

    async def _once(self) -> LinkLost:
        """Connect, bind, and serve the link to its end; return why it ended."""
        self.state = LinkState.CONNECTING
        try:
            session = Session(*await self._connect(), self._settings, self._take)
            await session.run(self._command, lambda: self._gain(session), self._lose)
        except LinkLost as lost:
            return lost
        except Exception as error:
            log.exception("a link to an SMSC failed; connecting again", smsc=self._settings.name)
            return LinkLost(f"The link failed in our own program: {error!r}.")
        return LinkLost("The link ended.")

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = self._settings.host, self._settings.port
        where, limit = f"{host}:{port}", self._settings.answer_seconds
        try:
            async with asyncio.timeout(limit):
                return await asyncio.open_connection(host, port, ssl=_context(self._settings))
        except TimeoutError:
            raise LinkLost(f"{where} did not answer within {limit:g} s.") from None
        except ssl.SSLCertVerificationError as error:
            why = error.verify_message
            raise LinkLost(f"The certificate of {where} cannot be trusted: {why}.") from None
        except ssl.SSLError as error:
            raise LinkLost(f"{where} does not speak TLS as we do: {error.reason}.") from None
        except ConnectionRefusedError:
            raise _Refused(f"Nothing listens at {where}: check host and port, and whether the SMSC is up.") from None
        except OSError as error:
            why = error.strerror or str(error) or ("it ended the TLS handshake" if self._settings.tls else "it hung up")
            raise LinkLost(f"{where} cannot be reached: {why}.") from None

    def _gain(self, session: Session) -> None:
        self.session, self.state, self.last_error = session, LinkState.BOUND, ""
        self.ready.set()
        log.info("a link to an SMSC is bound", smsc=self._settings.name)

    def _lose(self) -> None:
        self.session = None
        self.ready.clear()

    def _note(self, lost: LinkLost) -> None:
        """Keep the reason, and log it unless it is the last one again."""
        if self._stopping:
            return
        self.state = LinkState.REFUSED if isinstance(lost, BindRefused) else LinkState.LOST
        if self.last_error != str(lost):
            log.warning("there is no link to an SMSC; trying again", smsc=self._settings.name, reason=str(lost))
        self.last_error = str(lost)


def _context(settings: SmscSettings) -> ssl.SSLContext | None:
    if not settings.tls:
        return None
    context = ssl.create_default_context()
    if not settings.tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
