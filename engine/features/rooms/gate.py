"""Which room a PIN opens, and what its caller does then."""

import re
from collections.abc import Callable, Sequence

from engine.features.rooms import pins
from engine.features.rooms.guesses import PinGuesses
from engine.features.rooms.index import RoomIndex
from engine.features.rooms.model import Room, RoomSettings
from engine.features.rooms.phrases import opening, said, text
from engine.model.call import Call, Direction
from engine.platform.settings_cache import SettingsCache
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.kinds import AnyTask
from engine.tasks.say import Say
from engine.tasks.secret import Seal

GATE = "rooms"
"""The gate's name (engine.tasks.enter_code.EnterCode.gate)."""
_CODE = re.compile(r"(?:(?P<number>[0-9]{1,8})\*)?(?P<pin>[0-9]{4,10})")
LONGEST_CODE = 19


class RoomGate:
    """Knows the PINs of rooms (engine.calls.gate.Gate). A code is a PIN, or a room's number, `*` and a PIN of it."""

    def __init__(self, cache: SettingsCache, index: RoomIndex, seal: Seal | None, clock: Callable[[], float]) -> None:
        self._cache, self._index, self._seal, self._clock = cache, index, seal, clock
        self.guesses = PinGuesses(clock)

    async def open(self, call: Call, target: str, code: str) -> Sequence[AnyTask] | None:
        """What a caller does that enters this code, for the room `target` or ("") any of the account's."""
        account, caller = call.account, _party(call)
        if not self.guesses.allowed(account, caller):
            wanted = self._index.get(account, target) if target else None
            return (said((wanted.settings if wanted else RoomSettings()).language, "too_many"), HangUp())
        found = self._found(account, target, code)
        if found is None:
            self.guesses.wrong(account, caller)
            return None
        room, admin = found
        self.guesses.right(account, caller)
        if (closed := self._closed(room.settings)) is not None:
            return (closed, HangUp())
        join = JoinConference(
            name=room.id,
            music=room.settings.music or None,
            rules=room.settings.rules,
            admin=admin,
            spoken=self._spoken(call, room.settings.language),
        )
        return (join,)

    def _found(self, account: str, target: str, code: str) -> tuple[Room, bool] | None:
        read = _CODE.fullmatch(code)
        if read is None:
            return None
        found = self._index.entered(account, pins.digest(self._seal, account, read["pin"]))
        if found is None:
            return None
        room, _ = found
        named = [name for name in (target, read["number"]) if name]
        return found if all(name in (room.id, room.number) for name in named) else None

    def _closed(self, settings: RoomSettings) -> Say | None:
        now = self._clock()
        if settings.opens is not None and now < settings.opens:
            return opening(settings, settings.opens)
        if settings.closes is not None and now >= settings.closes:
            return said(settings.language, "closed")
        return None

    def _spoken(self, call: Call, language: str) -> str:
        """The name by which a caller is announced; "" where none is known."""
        party = _party(call)
        if extension := self._cache.extension(call.account, party):
            return extension.name or extension.number
        digits = " ".join(party[-4:])
        return text(language, "number", digits=digits) if party.isdigit() else ""


def _party(call: Call) -> str:
    return call.callee if call.direction is Direction.OUTBOUND else call.caller
