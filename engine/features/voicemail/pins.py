"""The PINs of boxes: set, and tried. No log and no event has one."""

from sqlalchemy import Connection

from engine.features.guesses.budgets import DAY, HOUR, Answer, Budget, Guess, Kind
from engine.features.voicemail import rules
from engine.features.voicemail.shared import Shared
from engine.features.voicemail.store import boxes
from engine.platform import audit
from engine.platform.audit import Actor

TRIES = 3
"""How often a caller may try in one session."""
GUESSED = Kind("voicemail_box", Budget(9, DAY), Budget(30, HOUR))
"""What is guessed at: the PINs of boxes; wrong ones of one box, and of all boxes of an account."""


class PinMethods(Shared):
    """PINs."""

    async def set_pin(self, by: Actor, account: str, box: str, pin: str) -> None:
        """Set a box's PIN, and unlock the box; raises PinRefused, NoSuchBox."""
        found = await self._db.read(lambda conn: rules.find(conn, account, box))
        hashed = await self._common.passwords.hash(rules.pin_of(pin, found))

        def unit(conn: Connection) -> None:
            had = rules.find(conn, account, box)
            boxes.set_pin(conn, had.id, hashed)
            self._common.guesses.forget(conn, account, GUESSED, had.number)
            audit.record(conn, by, account=account, what="voicemail_box.pin_set", subject=had.number)

        await self._writer.write(unit)

    async def check_pin(self, account: str, box: str, pin: str, caller: str = "", *, own: bool = False) -> Answer:
        """Try a PIN of the box of this number; a number that is no box is as a box whose PIN nobody knows.

        `caller` is who tries, "" for a withheld number; `own`: on the phone of the box's extension.
        """

        there = self._directory.named(account, box) is not None
        guess = Guess(account, GUESSED, box, caller, trusted=own, there=there)

        async def look() -> bool:
            hashed = await self._db.read(lambda conn: boxes.pin(conn, account, box))
            return await self._common.passwords.fits(pin, hashed)

        answer, _ = await self._common.guesses.check(guess, look)
        return answer
