"""The PINs of boxes: set, and tried. No log and no event has one."""

from sqlalchemy import Connection

from engine.features.voicemail import rules
from engine.features.voicemail.model import Box, Verdict
from engine.features.voicemail.shared import Shared
from engine.features.voicemail.store import boxes
from engine.features.voicemail.store.boxes import Pin
from engine.platform import audit
from engine.platform.audit import Actor

TRIES = 3
"""How often a caller may try in one session."""
MOST_WRONG = 9
"""How many wrong PINs a box takes, since one fitted, before it is locked: three sessions."""
LOCKED_SECONDS = 900.0


class PinMethods(Shared):
    """PINs."""

    async def set_pin(self, by: Actor, account: str, box: str, pin: str) -> None:
        """Set a box's PIN, and unlock the box; raises PinRefused, NoSuchBox."""
        found = await self._db.read(lambda conn: rules.find(conn, account, box))
        hashed = await self._common.passwords.hash(rules.pin_of(pin, found))

        def unit(conn: Connection) -> None:
            had = rules.find(conn, account, box)
            boxes.set_pin(conn, had.id, Pin(hashed, 0, None))
            audit.record(conn, by, account=account, what="voicemail_box.pin_set", subject=had.number)

        await self._writer.write(unit)

    async def check_pin(self, account: str, box: str, pin: str) -> Verdict:
        """Try a PIN; raises NoSuchBox. It counts before it is compared: several that are tried at once all count."""
        found, tried = await self._writer.write(lambda conn: self._counted(conn, account, box))
        if tried.locked_until is not None and tried.failures == 0:
            return Verdict(fits=False, locked_until=tried.locked_until)
        if await self._common.passwords.fits(pin, tried.hashed):
            await self._writer.write(lambda conn: _forgiven(conn, found, tried))
            return Verdict(fits=True, left=MOST_WRONG)
        return Verdict(fits=False, left=MOST_WRONG - tried.failures, locked_until=tried.locked_until)

    def _counted(self, conn: Connection, account: str, name: str) -> tuple[Box, Pin]:
        """Count a try. A box that is locked already has 0 failures: none counts until it is open again."""
        box, now = rules.find(conn, account, name), self._clock()
        pin = boxes.pin(conn, box.id)
        if pin.locked_until is not None and pin.locked_until > now:
            return box, pin._replace(failures=0)
        failures = 1 if pin.locked_until is not None else pin.failures + 1
        until = now + LOCKED_SECONDS if failures >= MOST_WRONG else None
        tried = Pin(pin.hashed, failures, until)
        boxes.set_pin(conn, box.id, tried)
        return box, tried


def _forgiven(conn: Connection, box: Box, tried: Pin) -> None:
    """Forget what was tried, unless another PIN was set meanwhile."""
    if boxes.get(conn, box.id) and boxes.pin(conn, box.id).hashed == tried.hashed:
        boxes.set_pin(conn, box.id, Pin(tried.hashed, 0, None))
