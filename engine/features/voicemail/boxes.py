"""The boxes of accounts: made, changed, removed."""

import secrets
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.features import accounts as account_settings
from engine.features.errors import InvalidSetting
from engine.features.voicemail import rules
from engine.features.voicemail.model import Box, BoxFields, GreetingKind, NewBox
from engine.features.voicemail.pins import GUESSED
from engine.features.voicemail.shared import UPLOAD, Shared, counted, let_go, purge
from engine.features.voicemail.store import boxes, messages
from engine.ids import new_id
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store.accounts import Account

KIND = "voicemail"
"""The kind of destination that leads to a box."""
LISTENING = "voicemail_menu"
"""The kind at which a box's messages are listened to; its target is the box's number."""
PIN_DIGITS = 6


class BoxMethods(Shared):
    """Boxes. `account` is an account's id, `box` the number or the id of a box; NoSuchBox is raised for none."""

    async def create_box(
        self, by: Actor, account: str, number: str, fields: BoxFields, *, pin: str | None = None
    ) -> NewBox:
        """Make a box; without a `pin` it gets a random one of six digits.

        Raises InvalidSetting, BoxTaken, PinRefused, NotThere for an extension or a user, AlreadyThere for an extension
        that has a box.
        """
        plain = Box(id=new_id("box"), account=account, number=rules.number_of(number), created=self._clock())
        chosen = random_pin(plain) if pin is None else rules.pin_of(pin, plain)
        hashed = await self._common.passwords.hash(chosen)

        def unit(conn: Connection) -> Box:
            owner = account_settings.find(conn, account)
            if len(boxes.list(conn, account)) >= rules.MOST_BOXES:
                raise InvalidSetting(f"An account has at most {rules.MOST_BOXES} voicemail boxes.")
            box = rules.changed(conn, self._platform.cache, plain, fields)
            if pin is not None:
                rules.pin_of(pin, box)
            boxes.add(conn, box, hashed)
            after = self._noted(owner, box)
            audit.record(conn, by, account=account, what="voicemail_box.added", subject=box.number, after=after)
            return box

        box = await self._writer.write(unit)
        await self._directory.reload(box.id)
        return NewBox(box, chosen)

    async def update_box(self, by: Actor, account: str, box: str, fields: BoxFields) -> Box:
        """Change a box; a message that is being recorded is taken by what was set when it began.

        Raises InvalidSetting, NotThere, AlreadyThere.
        """

        def unit(conn: Connection) -> Box:
            owner, had = account_settings.find(conn, account), rules.find(conn, account, box)
            after = rules.changed(conn, self._platform.cache, had, fields)
            boxes.update_box(conn, after)
            if (had.extension, had.user) != (after.extension, after.user):  # the lamps of both follow
                counted(conn, had, self._clock())
                counted(conn, after, self._clock())
            before, now = audit.changed(self._noted(owner, had), self._noted(owner, after))
            what = "voicemail_box.changed"
            audit.record(conn, by, account=account, what=what, subject=had.number, before=before, after=now)
            return after

        changed = await self._writer.write(unit)
        await self._directory.reload(changed.id)
        return changed

    async def delete_box(self, by: Actor, account: str, box: str) -> None:
        """Remove a box with its greetings and messages; raises StillUsed while something leads to it."""
        now = self._clock()

        def unit(conn: Connection) -> str:
            owner, had = account_settings.find(conn, account), rules.find(conn, account, box)
            self._refuse_used(conn, had)
            for message in messages.of_box(conn, had.id):
                purge(conn, had, message, now)
            for greeting in boxes.greetings(conn, had.id):
                boxes.remove_greeting(conn, had.id, greeting.kind)
                let_go(conn, UPLOAD + greeting.file, now)
            boxes.remove(conn, had.id)
            self._common.guesses.forget(conn, account, GUESSED, had.number)
            counted(conn, had, now)
            before = self._noted(owner, had)
            audit.record(conn, by, account=account, what="voicemail_box.removed", subject=had.number, before=before)
            return had.id

        await self._directory.reload(await self._writer.write(unit))
        self._platform.scheduler.wake()

    async def boxes(self, account: str) -> list[Box]:
        """Return an account's boxes by their numbers."""
        return await self._db.read(lambda conn: boxes.list(conn, account))

    async def box(self, account: str, box: str) -> Box:
        """Return one box."""
        return await self._db.read(lambda conn: rules.find(conn, account, box))

    def box_of_extension(self, account: str, extension: str) -> Box | None:
        """Return the box of an extension, from memory."""
        entry = self._directory.of_extension(account, extension)
        return entry.box if entry else None

    def _refuse_used(self, conn: Connection, box: Box) -> None:
        number = box.number
        named = [f"{KIND}:{number}", *(f"{KIND}:{number}/{kind}" for kind in (GreetingKind.BUSY, GreetingKind.AWAY))]
        texts = [*named, f"{LISTENING}:{number}"]
        self._common.destinations.refuse_used(conn, box.account, texts, f"The voicemail box {number}")

    def _noted(self, account: Account, box: Box) -> dict[str, Any]:
        """What the audit keeps of a box."""
        destinations, fields = self._common.destinations, msgspec.to_builtins(box)
        zero = destinations.noted(destinations.shown(account, box.zero))
        hidden = ("id", "account", "number", "created")
        return {name: value for name, value in fields.items() if name not in hidden} | {"zero": zero}


def random_pin(box: Box) -> str:
    """Return a random PIN that a box may have."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
        try:
            return rules.pin_of(pin, box)
        except InvalidSetting:
            continue
