"""The senders of all carriers: one for each SMSC that is not disabled, and one for the phones of extensions."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec
import structlog

from engine.features.messaging.carrier import Carrier
from engine.features.messaging.configuration.smscs import Live
from engine.features.messaging.model import SIP, Smsc
from engine.features.messaging.sending.sender import Common, Sender
from engine.features.messaging.settings import MessagingSettings
from engine.features.messaging.store.parts import Lane

log = structlog.get_logger(__name__)
SIP_PER_SECOND = 200.0
SIP_AT_ONCE = 50
WINDOW = 10
"""What an SMSC takes at once if its settings do not say it."""


class SmscCarrier(Carrier, Protocol):
    """The link to an SMSC."""

    @property
    def state(self) -> str:
        """How it stands: bound, connecting, lost, refused or stopped."""

    @property
    def since(self) -> float:
        """Since when it is bound, or is not (Unix seconds)."""

    @property
    def last_error(self) -> str:
        """Why there is none; "": nothing is wrong."""


Connect = Callable[[Smsc], SmscCarrier]


class _Window(msgspec.Struct):
    """Of an SMSC's settings, what counts here."""

    window: int = WINDOW


class Senders:
    """`connect` makes an SMSC's link; `phones` is the carrier of texts to own extensions, None: there is none."""

    def __init__(
        self, settings: MessagingSettings, connect: Connect, phones: Callable[[], Carrier] | None, common: Common
    ) -> None:
        self._settings, self._connect, self._phones, self._common = settings, connect, phones, common
        self._by_name: dict[str, Sender] = {}
        self._links: dict[str, SmscCarrier] = {}
        self._smscs: dict[str, Smsc] = {}  # as they were when their senders began
        self._changing = asyncio.Lock()
        self._running = False

    @property
    def submitting(self) -> int:
        """How many parts are being submitted."""
        return sum(sender.submitting for sender in self._by_name.values())

    def live(self, smsc: str) -> Live:
        """Say how a link stands."""
        found = self._links.get(smsc)
        return Live("stopped") if found is None else Live(str(found.state), found.since, found.last_error)

    def note(self, carrier: str, lane: Lane, due: float) -> None:
        """Note that a part waits at a carrier; after it was committed."""
        if sender := self._by_name.get(carrier):
            sender.note(lane, due)

    def open(self, lane: Lane) -> None:
        """Let texts to a phone go: it has registered."""
        if sender := self._by_name.get(SIP):
            sender.open(lane)

    def open_all(self) -> None:
        """Look again at what waits for phones and for accounts: settings have changed."""
        for sender in self._by_name.values():
            sender.open_all()

    def why_waiting(self, carrier: str, lane: Lane) -> str:
        """Return why nothing of a lane goes by its carrier now; "": it goes."""
        sender, smsc = self._by_name.get(carrier), self._settings.smscs.get(carrier)
        if not self._common.is_open(lane):
            phone = lane.extension
            return f"It waits until the phone of {phone} is registered." if phone else "The account is disabled."
        if sender is not None:
            return "" if sender.carrier.ready else "It waits for the link to its carrier."
        if carrier == SIP:
            return "It waits for Asterisk."
        if smsc is None:
            return f"It waits: the SMSC {carrier} was removed."
        return f"It waits: the SMSC {carrier} is disabled." if smsc.disabled else "It waits for its carrier."

    async def start(self) -> None:
        """Begin with every carrier; returns without waiting for a link."""
        self._running = True
        if self._phones is not None:
            await self._begin(SIP, self._phones(), SIP_PER_SECOND, SIP_AT_ONCE)
        await self.reload()

    async def stop(self) -> None:
        """End all links, and store what was answered."""
        async with self._changing:
            self._running = False
            await self._end(list(self._by_name))

    async def reload(self) -> None:
        """Begin, end and replace senders as the settings say now; those that did not change go on."""
        async with self._changing:
            if not self._running:
                return
            wanted = {name: smsc for name, smsc in self._settings.smscs.items() if not smsc.disabled}
            await self._end([name for name, smsc in self._smscs.items() if _needs_new_link(smsc, wanted.get(name))])
            for name, smsc in wanted.items():
                if name in self._by_name:
                    self._by_name[name].pace.change(smsc.per_second)
                    self._smscs[name] = smsc
                else:
                    await self._begin_smsc(smsc)

    async def _begin_smsc(self, smsc: Smsc) -> None:
        try:
            carrier = self._connect(smsc)
            window = msgspec.json.decode(smsc.settings, type=_Window).window
        except Exception:
            log.exception("an SMSC cannot be used as it is set", smsc=smsc.name)
            return
        await self._begin(smsc.name, carrier, smsc.per_second, 2 * window)  # so that its link is never idle
        self._smscs[smsc.name], self._links[smsc.name] = smsc, carrier

    async def _begin(self, name: str, carrier: Carrier, per_second: float, at_once: int) -> None:
        sender = Sender(carrier, self._common, per_second=per_second, at_once=at_once)
        self._by_name[name] = sender  # before it reads its queue: what is accepted meanwhile is noted
        await sender.start()

    async def _end(self, names: list[str]) -> None:
        ending = [self._by_name.pop(name) for name in names]
        for name in names:
            self._smscs.pop(name, None)
            self._links.pop(name, None)
        await asyncio.gather(*(sender.stop() for sender in ending))


def _needs_new_link(before: Smsc, after: Smsc | None) -> bool:
    if after is None:
        return True
    return msgspec.structs.replace(after, per_second=before.per_second) != before
