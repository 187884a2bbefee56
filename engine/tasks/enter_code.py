"""Ask for a code that decides what the call does next."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar, Protocol

from engine.ari.errors import AriError
from engine.tasks.interfaces import Subject
from engine.tasks.next_digit import Keys, cancelled
from engine.tasks.play import Play
from engine.tasks.playing import Audible, Series
from engine.tasks.results import Done, TaskFailed
from engine.tasks.say import Say
from engine.tasks.task import Requires, Task

TERMINATOR = "#"


class EnterCode(Task, frozen=True, kw_only=True, tag="enter_code"):
    """Ask for a code, such as a PIN, and do what its gate says; what is queued behind is replaced.

    `gate` names who knows the codes (engine.calls.gates), `target` what the code is for there. `prompt` is played
    before the first try, `again` before each further one, and after `tries` wrong codes `farewell`, and the call ends.
    A code ends with `#`, after `most_digits`, or when nothing was pressed for `silence_seconds`; nothing at all for
    `seconds` is a wrong code. The digits are shown to nobody. After a restart of the controller it begins again.
    """

    requires: ClassVar[Requires] = Requires.ANSWERED

    gate: str
    target: str = ""
    prompt: tuple[Play | Say, ...] = ()
    again: tuple[Play | Say, ...] = ()
    farewell: tuple[Play | Say, ...] = ()
    tries: int = 3
    most_digits: int = 10
    seconds: float = 10.0
    silence_seconds: float = 4.0

    @property
    def confidential(self) -> bool:
        """The digits that it takes are shown to nobody."""
        return True

    @property
    def prompts(self) -> tuple[Audible, ...]:
        """What it will play, as far as that is known when it is queued: prepared from then on."""
        return tuple(ready for one in (*self.prompt, *self.again, *self.farewell) for ready in one.prompts)

    async def run(self, on: "Entering") -> Done:
        """Ask until a code is right, or the tries are used up."""
        if on.was_accepted:  # a code was right before a restart
            return Done()
        await on.started()
        series = Series(on)
        with on.keypad.taking(typed_ahead=True, secret=True) as digits:
            keys = Keys(digits)
            try:
                for attempt in range(self.tries):
                    await _say(self.again if attempt else self.prompt, series, keys, on)
                    code = await self._code(keys, on)
                    if code and await on.enter(self, code):
                        return Done()
                    await keys.forget()
                await series.play(self.farewell)
            except (TaskFailed, AriError) as error:
                if not await on.only_the_end(error):
                    await on.line.hang_up()
                raise
        await on.line.hang_up()
        return Done()

    async def _code(self, keys: Keys, on: Subject) -> str:
        code = ""
        while (heard := await keys.next(self.silence_seconds if code else self.seconds)) is not None:
            await on.digit(heard, accepted=True)
            if heard.digit == TERMINATOR:
                break
            code += heard.digit
            if len(code) >= self.most_digits:
                break
        return code


class Entering(Subject, Protocol):
    """What an EnterCode needs."""

    async def enter(self, task: EnterCode, code: str) -> bool:
        """Queue what the code leads to instead of what is queued behind the task; False: it is wrong."""


async def _say(prompts: Iterable[Audible], series: Series, keys: Keys, on: Subject) -> None:
    """Play prompts until a key is pressed; one that was pressed already leaves them out."""
    if keys.waiting:
        return
    pressing = asyncio.create_task(keys.pressed(), name=f"barge in {on.task_id}")
    speaking = asyncio.create_task(series.play(prompts), name=f"prompts {on.task_id}")
    try:
        await asyncio.wait((pressing, speaking), return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancelled(pressing, speaking)
    if not speaking.cancelled():
        speaking.result()
