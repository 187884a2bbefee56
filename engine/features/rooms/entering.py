"""How a caller gets into a room: it is asked for a PIN, which says which room, and whether it is an admin's."""

import re
from typing import Literal, NamedTuple

import msgspec

from engine.calls.conversation import Next
from engine.calls.talk import Talk
from engine.features.guesses.budgets import Answer, Guess
from engine.features.guesses.service import Guesses
from engine.features.rooms import pins
from engine.features.rooms.index import RoomIndex
from engine.features.rooms.model import Room, RoomSettings
from engine.features.rooms.phrases import opening, said, text
from engine.model.call import Call
from engine.platform.platform import Platform
from engine.queues.roles import SteeringSubject
from engine.tasks.converse import Converse
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.kinds import AnyTask
from engine.tasks.next_digit import Keys
from engine.tasks.say import Say

TOPIC = "rooms"
_CODE = re.compile(r"(?:(?P<number>[0-9]{1,9})\*)?(?P<pin>[0-9]{4,10})")


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a caller is: all that is kept between two turns.

    `room` is the id of the room whose line was dialled, "" for any of the account's. `opened`: the caller needs no PIN,
    and is a guest or the host; `called` is the name that it gave itself. `tries` counts wrong PINs.
    `numbered`: a PIN counts behind the number of its room alone. `ended`: the turn before took digits that # ended.
    """

    room: str = ""
    opened: Literal["", "guest", "host"] = ""
    called: str = ""
    tries: int = 0
    numbered: bool = False
    ended: bool = False


class Code(NamedTuple):
    """What a caller entered: a PIN, or the number of a room, `*` and a PIN."""

    pin: str
    number: str


class Opened(NamedTuple):
    """The room that a PIN opens, and whether it is the admin's."""

    room: Room
    admin: bool


def asking(place: Place, language: str = RoomSettings().language) -> Converse:
    """Return the turn that asks for a PIN in this language, or admits a caller who needs none."""
    state = msgspec.json.encode(place).decode()
    if place.opened:
        return Converse(topic=TOPIC, state=state)
    says = tuple(said(language, phrase) for phrase in ("pin", "again", "farewell"))
    return Converse(topic=TOPIC, state=state, secret=True, says=says)


class Entering:
    """Asks callers for their PINs (engine.calls.conversation.Conversation)."""

    def __init__(self, platform: Platform, index: RoomIndex, guesses: Guesses) -> None:
        self._cache, self._seal, self._clock = platform.cache, platform.seal, platform.clock
        self._index, self._guesses = index, guesses

    async def turn(self, call: Call, state: str, on: SteeringSubject) -> Next:
        """Ask for a PIN; what follows is the conference, another turn, or the end of the call."""
        place = msgspec.json.decode(state, type=Place)
        wanted = self._index.get(call.account, place.room) if place.room else None
        language = (wanted.settings if wanted else RoomSettings()).language
        if place.opened:
            if wanted is None:  # it was removed just now
                return Next((said(language, "failed"), HangUp()))
            return Next(self._inside(Opened(wanted, place.opened == "host"), place.called))
        with on.keypad.taking(typed_ahead=True, secret=True) as digits:
            typed = await Talk(on, Keys(digits), language, ended=place.ended).digits(_asked(place, language))
        code = _read(typed)
        if code is None or (place.room and wanted is None) or (place.numbered and not code.number):
            return _again(place, language, ended=bool(typed))
        guess = self._guess(call, wanted, code)

        async def look() -> Opened | None:
            return self._found(call.account, place.room, code)

        answer, opened = await self._guesses.check(guess, look)
        if opened:
            return Next(self._inside(opened, self._spoken(call, opened.room.settings.language)))
        if answer is Answer.WRONG:
            return _again(place, language, ended=True)
        if not guess.target:  # a PIN alone is not looked at now; with a number it is a guess at that room
            return Next((asking(msgspec.structs.replace(place, numbered=True, ended=True), language),))
        return Next((said(language, "too_many"), HangUp()))

    def _guess(self, call: Call, wanted: Room | None, code: Code) -> Guess:
        caller = "" if call.private else call.far_number
        kind = pins.guessed(self._index.count(call.account))
        number = wanted.number if wanted else code.number
        there = self._index.get(call.account, number) is not None
        return Guess(call.account, kind, number, caller, there=there)

    def _found(self, account: str, target: str, code: Code) -> Opened | None:
        """The room that a code opens at the line of the room `target` (its id), or ("") at that of all rooms."""
        found = self._index.entered(account, pins.digest(self._seal, account, code.pin))
        if found is None:
            return None
        room, admin = found
        named = [name for name in (target, code.number) if name]
        return Opened(room, admin) if all(name in (room.id, room.number) for name in named) else None

    def _inside(self, opened: Opened, spoken: str) -> tuple[AnyTask, ...]:
        room, admin = opened
        settings = room.settings
        if (closed := self._closed(settings)) is not None:
            return (closed, HangUp())
        join = JoinConference(
            name=room.id,
            music=settings.music or None,
            rules=settings.rules,
            admin=admin,
            spoken=spoken,
            sorry=said(settings.language, "failed"),
        )
        return (join,)

    def _closed(self, settings: RoomSettings) -> Say | None:
        now = self._clock()
        if settings.opens is not None and now < settings.opens:
            return opening(settings, settings.opens)
        if settings.closes is not None and now >= settings.closes:
            return said(settings.language, "closed")
        return None

    def _spoken(self, call: Call, language: str) -> str:
        """The name by which a caller is announced; "" where none is known."""
        party = call.far_number
        if extension := self._cache.extension(call.account, party):
            return extension.name or extension.number
        digits = " ".join(party[-4:])
        return text(language, "number", digits=digits) if party.isdigit() else ""


def _asked(place: Place, language: str) -> str:
    again = text(language, "again") if place.tries else ""
    wanted = text(language, "numbered") if place.numbered else "" if again else text(language, "pin")
    return f"{again} {wanted}".strip()


def _read(typed: str) -> Code | None:
    read = _CODE.fullmatch(typed)
    return Code(read["pin"], read["number"] or "") if read else None


def _again(place: Place, language: str, *, ended: bool) -> Next:
    tries = place.tries + 1
    if tries >= pins.TRIES:
        return Next((said(language, "farewell"), HangUp()))
    return Next((asking(msgspec.structs.replace(place, tries=tries, ended=ended), language),))
