"""What is spoken and heard in one turn of a conversation (engine.calls.conversation)."""

import asyncio

from engine.ari.errors import AriError
from engine.queues.roles import SteeringSubject
from engine.tasks.barging_in import play_until_pressed
from engine.tasks.interfaces import Preparable
from engine.tasks.next_digit import Keys
from engine.tasks.playing import Series
from engine.tasks.results import TaskFailed
from engine.tasks.say import Say

SILENCE_SECONDS = 5.0
"""How long a menu waits for a key before it is repeated."""
NEXT_DIGIT_SECONDS = 6.0
"""How long the next digit of a number is waited for; without one it is complete."""
REPEATS = 3
"""How often a menu is spoken before it is given up, if nothing is pressed."""
MOST_DIGITS = 20
END = "#"
TWICE_SECONDS = 1.0
"""A # so soon behind one that ended digits is the same key, which a phone or a network told twice (RFC 4733)."""


class Talk:
    """Speaks to a caller and hears keys. A key stops what is spoken, and counts.

    `unplayable` and `wrong_key` are spoken for a prompt that cannot be played and a key that a menu does not have; "":
    nothing is. `ended`: the turn before this one took digits that # ended.
    """

    def __init__(
        self, on: SteeringSubject, keys: Keys, locale: str, *, unplayable: str = "", wrong_key: str = "",
        ended: bool = False,
    ) -> None:  # fmt: skip
        self.on = on
        self._locale, self._keys, self._series = locale, keys, Series(on)
        self._unplayable, self._wrong_key = unplayable, wrong_key
        self._clock = asyncio.get_running_loop().time
        self._ended = self._clock() if ended else -TWICE_SECONDS

    async def say(self, *sentences: str) -> bool:
        """Speak until the end or a key; whether it came to its end."""
        texts = [text for text in sentences if text]
        return await self.play(*(Say(text=text, locale=self._locale) for text in texts))

    async def play(self, *prompts: Preparable) -> bool:
        """Play until the end or a key; whether it came to its end. What cannot be played is said to be so."""
        try:
            return await self._heard(prompts)
        except (TaskFailed, AriError) as error:
            if not self._unplayable or await self.on.only_the_end(error):
                raise
            self.on.remark(f"A prompt could not be played: {error}")
            return await self._heard((Say(text=self._unplayable, locale=self._locale),))

    async def _heard(self, prompts: tuple[Preparable, ...]) -> bool:
        return await play_until_pressed(prompts, self._series, self._keys, self.on.task_id)

    async def key(self, seconds: float = SILENCE_SECONDS) -> str:
        """The next key; "" where none comes."""
        while (heard := await self._keys.next(seconds)) is not None:
            twice = heard.digit == END and self._clock() - self._ended < TWICE_SECONDS
            await self.on.digit(heard, accepted=not twice)
            self._ended = -TWICE_SECONDS
            if not twice:
                return heard.digit
        return ""

    async def choice(self, keys: str, *sentences: str) -> str:
        """Speak a menu and return what of `keys` was pressed; "" where nothing came, however often it was spoken.

        Any other key has the menu repeated.
        """
        for _ in range(REPEATS):
            await self.say(*sentences)
            while (pressed := await self.key()) != "":
                if pressed in keys:
                    return pressed
                await self.say(self._wrong_key)
        return ""

    async def digits(self, *sentences: str) -> str:
        """Speak, and return the digits that are typed until # or a pause; "" for none."""
        await self.say(*sentences)
        typed = ""
        seconds = 2 * SILENCE_SECONDS
        while len(typed) < MOST_DIGITS and (pressed := await self.key(seconds)) not in ("", END):
            typed += pressed
            seconds = NEXT_DIGIT_SECONDS
        self._ended = self._clock() if typed else -TWICE_SECONDS
        return typed
