"""One menu, and one visit to it: its prompts, what is pressed, the attempts."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

import msgspec

from engine.model.destination import Destination
from engine.tasks.barging_in import play_until_pressed
from engine.tasks.interfaces import Subject
from engine.tasks.next_digit import Keys
from engine.tasks.play import Play
from engine.tasks.playing import Audible, Series
from engine.tasks.results import MenuEnded
from engine.tasks.say import Say

DIGITS = frozenset("0123456789*#ABCD")
MOST_REPEATS = 100
TERMINATOR = "#"


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a digit does: goes to `menu`, ends the menus with `value`, or leads the call on to the destination `to`."""

    digit: str
    value: str | None = None
    menu: str | None = None
    to: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if self.digit not in DIGITS:
            raise ValueError("A choice's digit must be one of 0-9, *, # and A-D.")
        if sum(given is not None for given in (self.value, self.menu, self.to)) != 1:
            raise ValueError(f"The choice {self.digit} must have either a value, a menu or a destination (to).")
        if self.to is not None:
            Destination.read(self.to)


class Menu(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prompts, and what may be pressed.

    Without `most_digits` one digit is taken, which must be one of the `choices`. With it a sequence of up to that many
    is, ended by # or by silence; a sequence that is just a choice's digit is that choice. `expected`: only this
    sequence counts, such as a PIN; another one is like a digit that is no choice. It is what `expecting` returns.
    Nothing within `silence_seconds` after the prompts, or a digit that is no choice: `repeat` is played and the party
    may try again, up to `repeats` times. After the last of them the call is led on to `otherwise` where one is given.
    """

    id: str
    main: tuple[Play | Say, ...] = ()
    repeat: tuple[Play | Say, ...] = ()
    repeats: int = 0
    most_digits: int | None = None
    silence_seconds: float = 5.0
    choices: tuple[Choice, ...] = ()
    otherwise: str = ""
    expected: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if not 0 <= self.repeats <= MOST_REPEATS:
            raise ValueError(f"repeats must be 0 to {MOST_REPEATS}.")
        if self.most_digits is not None and self.most_digits < 1:
            raise ValueError("most_digits must be at least 1.")
        if not 0 <= self.silence_seconds <= 600:
            raise ValueError("silence_seconds must be 0 to 600.")
        if self.otherwise:
            Destination.read(self.otherwise)
        if {choice.value for choice in self.choices if choice.value} & {choice.to for choice in self.choices}:
            raise ValueError("A value must not be written like a destination of the same menu.")


class Visit:
    """Asks in one menu."""

    def __init__(self, menu: Menu, on: Subject, keys: Keys, series: Series, *, barge_in: bool) -> None:
        self._menu, self._on, self._keys, self._series, self._barge_in = menu, on, keys, series, barge_in

    async def answer(self) -> MenuEnded | str:
        """The id of the menu to go to, or the end. Raises TaskFailed and AriError where a prompt cannot be played."""
        typed: str | None = None
        for attempt in range(self._menu.repeats + 1):
            await self._say(self._menu.repeat if attempt else self._menu.main)
            typed = await self._type()
            if typed is None:
                continue
            if (answer := self._chosen(typed)) is not None:
                self._on.keypad.last = typed
                return answer
            await self._forget()
        if typed is None:
            return MenuEnded(menu=self._menu.id, how="timeout")
        return MenuEnded(menu=self._menu.id, how="invalid_input", value=typed)

    async def _say(self, prompts: Iterable[Audible]) -> None:
        if not self._barge_in:
            await self._series.play(prompts)
            await self._forget()
            return
        await play_until_pressed(prompts, self._series, self._keys, self._on.task_id)

    async def _forget(self) -> None:
        """Tell what was pressed and does not count."""
        for digit in await self._keys.forget():
            await self._on.digit(digit, accepted=False)

    async def _type(self) -> str | None:
        """What was pressed; None for nothing, "" for the terminator alone."""
        typed, most = "", self._menu.most_digits
        while (heard := await self._keys.next(self._menu.silence_seconds)) is not None:
            one = heard.digit
            chooses = not typed and any(choice.digit == one for choice in self._menu.choices)
            await self._on.digit(heard, accepted=chooses or most is not None)
            if most is None or (chooses and one == TERMINATOR):
                return one
            if one == TERMINATOR:
                return typed
            typed += one
            if len(typed) >= most:
                return typed
        return typed or None

    def _chosen(self, typed: str) -> MenuEnded | str | None:
        for choice in self._menu.choices:
            if choice.digit == typed:
                value = choice.value or choice.to or ""
                return choice.menu or MenuEnded(menu=self._menu.id, how="return", value=value)
        if typed and self._menu.most_digits is not None and _is_expected(typed, self._menu.expected):
            return MenuEnded(menu=self._menu.id, how="sequence", value=typed)
        return None


def expecting(sequence: str) -> str:
    """Return a sequence as a menu expects it: digested, since whoever may see a queue sees its menus."""
    salt = secrets.token_hex(16)
    return f"{salt}:{_digest(sequence, salt)}"


def _is_expected(typed: str, expected: str) -> bool:
    salt, _, digest = expected.partition(":")
    return not expected or hmac.compare_digest(_digest(typed, salt), digest)


def _digest(sequence: str, salt: str) -> str:
    return hashlib.blake2b(sequence.encode(), key=salt.encode(), digest_size=32).hexdigest()
