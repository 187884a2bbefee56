"""Boxes: where faxes come in that are sent on by e-mail. The only writer of their table; all are in memory."""

import re
from collections.abc import Callable

import msgspec
from sqlalchemy import Connection

from engine.features.destinations.registry import Destinations
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.fax import store
from engine.features.fax.model import BOX_PREFIX, MOST_BOXES, MOST_EMAILS, Box
from engine.features.users.rules import email_of
from engine.ids import new_id
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.platform import Platform

KIND = "fax"
"""The kind of destination."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class FaxBoxes:
    """The boxes of accounts (by their ids); a box is named by its name or its id. NotThere is raised for none."""

    def __init__(self, platform: Platform, destinations: Destinations) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._destinations, self._boxes = destinations, dict[str, Box]()

    async def load(self) -> None:
        """Read the boxes."""
        self._boxes = {box.id: box for box in await self._db.read(store.boxes)}

    def keep(self, is_there: Callable[[str], bool]) -> None:
        """Forget the boxes of accounts that are not there any more."""
        self._boxes = {id: box for id, box in self._boxes.items() if is_there(box.account)}

    def all(self, account: str) -> list[Box]:
        """Return an account's boxes, the oldest first."""
        return [box for box in self._boxes.values() if box.account == account]

    def get(self, account: str, named: str) -> Box:
        """Return a box by its name or id."""
        found = next((box for box in self.all(account) if named in (box.id, box.name)), None)
        if found is None:
            raise NotThere(f"The account has no fax box {named[:80]}; `carillon fax boxes` shows all.")
        return found

    async def add(self, by: Actor, account: str, name: str, emails: tuple[str, ...]) -> Box:
        """Add a box; without a name it is called by its id. Raises InvalidSetting, AlreadyThere."""
        id = new_id(BOX_PREFIX)
        box = Box(id=id, account=account, name=name or id, emails=emails_of(emails), created=self._clock())
        self._check(box)

        def unit(conn: Connection) -> None:
            store.add_box(conn, box)
            audit.record(conn, by, account=account, what="fax_box.added", subject=box.name, after=_noted(box))

        await self._writer.write(unit)
        self._boxes[id] = box
        return box

    async def change(
        self, by: Actor, account: str, named: str, *, name: str | None = None, emails: tuple[str, ...] | None = None
    ) -> Box:
        """Change a box; None: as it is. Raises InvalidSetting, AlreadyThere."""
        before = self.get(account, named)
        box = msgspec.structs.replace(
            before,
            name=before.name if name is None else name,
            emails=before.emails if emails is None else emails_of(emails),
        )
        self._check(box)

        def unit(conn: Connection) -> None:
            store.change_box(conn, box)
            was, now = audit.changed(_noted(before), _noted(box))
            audit.record(conn, by, account=account, what="fax_box.changed", subject=box.name, before=was, after=now)

        await self._writer.write(unit)
        self._boxes[box.id] = box
        return box

    async def remove(self, by: Actor, account: str, named: str) -> Box:
        """Remove a box; its faxes stay. Raises StillUsed while something leads to it."""
        box = self.get(account, named)

        def unit(conn: Connection) -> None:
            self._destinations.refuse_used(conn, account, [f"{KIND}:{box.id}"], f"The fax box {box.name}")
            store.remove_box(conn, box.id)
            audit.record(conn, by, account=account, what="fax_box.removed", subject=box.name, before=_noted(box))

        await self._writer.write(unit)
        self._boxes.pop(box.id, None)
        return box

    def _check(self, box: Box) -> None:
        if not _NAME.fullmatch(box.name):
            raise InvalidSetting(
                "A fax box's name must be letters, digits, dots, dashes and underscores, 64 at most"
                f" (got {box.name[:80]!r})."
            )
        own = [each for each in self.all(box.account) if each.id != box.id]
        if any(box.name in (each.name, each.id) for each in own):
            raise AlreadyThere(f"The account has a fax box {box.name} already.")
        if len(own) >= MOST_BOXES:
            raise InvalidSetting(f"An account has at most {MOST_BOXES} fax boxes.")


def emails_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return e-mail addresses as they are stored, each once; raises InvalidSetting."""
    found = tuple(dict.fromkeys(email_of(text) for text in texts))
    if len(found) > MOST_EMAILS:
        raise InvalidSetting(f"At most {MOST_EMAILS} e-mail addresses may be given (got {len(found)}).")
    return found


def _noted(box: Box) -> dict[str, object]:
    return {"name": box.name, "emails": list(box.emails)}
