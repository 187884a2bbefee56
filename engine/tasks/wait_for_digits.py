"""Wait for digits."""

import asyncio

from engine.tasks.results import Digits
from engine.tasks.roles import Subject
from engine.tasks.task import Task


class WaitForDigits(Task, frozen=True, kw_only=True, tag="wait_for_digits"):
    """Hold the queue until `count` digits out of `accept` (empty: any) were pressed from now on.

    Any other digit is a misfire: told, not counted. `terminator` ends the input before `count`.
    `seconds` is the whole wait's limit (None: until the call ends). `barge_in` stops a prompt that plays beside it
    at the first accepted digit. `hang_up_on_timeout` ends the call where nothing came.
    """

    accept: tuple[str, ...] = ()
    count: int = 1
    terminator: str = ""
    seconds: float | None = None
    barge_in: bool = False
    hang_up_on_timeout: bool = False

    async def run(self, on: Subject) -> Digits:
        """Collect; a timeout is a result."""
        collected = ""
        with on.keypad.listening() as digits:
            await on.started()
            try:
                async with asyncio.timeout(on.remaining(self.seconds)):
                    async for heard in digits:
                        if heard.digit == self.terminator:
                            break
                        accepted = not self.accept or heard.digit in self.accept
                        await on.digit(heard, accepted=accepted)
                        if not accepted:
                            continue
                        if self.barge_in and not collected:
                            on.stop_background("play")
                            on.stop_background("say")
                        collected += heard.digit
                        if len(collected) >= self.count:
                            break
            except TimeoutError:
                if self.hang_up_on_timeout and not collected:
                    await on.line.hang_up()
                return Digits(digits=collected, timed_out=True)
        on.keypad.last = collected
        return Digits(digits=collected)
