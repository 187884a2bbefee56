"""Wait for digits."""

import asyncio

from engine.tasks.interfaces import Subject
from engine.tasks.results import Digits
from engine.tasks.task import Task


class WaitForDigits(Task, frozen=True, kw_only=True, tag="wait_for_digits"):
    """Hold the queue until `count` digits out of `accept` (empty: any) were pressed.

    Digits count from now on; with `typed_ahead` also those that were pressed before and that no task took, such as
    during the prompt before. Every other digit is a misfire: reported, not counted. `terminator` ends the input before
    `count`. `secret`: no timeline shows the digits or the result.
    `seconds` is the whole wait's limit (None: until the call ends). `barge_in` stops a prompt that plays beside it
    at the first accepted digit. `hang_up_on_timeout` ends the call where nothing came.
    """

    accept: tuple[str, ...] = ()
    count: int = 1
    terminator: str = ""
    seconds: float | None = None
    barge_in: bool = False
    hang_up_on_timeout: bool = False
    typed_ahead: bool = False
    secret: bool = False

    @property
    def confidential(self) -> bool:
        """Whether the digits that it takes are shown to nobody."""
        return self.secret

    async def run(self, on: Subject) -> Digits:
        """Collect; a timeout is a result."""
        collected = ""
        with on.keypad.taking(typed_ahead=self.typed_ahead, secret=self.secret) as digits:
            await on.started()
            try:
                async with asyncio.timeout(on.remaining(self.seconds)):
                    async for heard in digits:
                        ends = heard.digit == self.terminator
                        accepted = ends or not self.accept or heard.digit in self.accept
                        await on.digit(heard, accepted=accepted)
                        if ends:
                            break
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
                return Digits(digits=collected, timed_out=True, secret=self.secret)
        on.keypad.last = collected
        return Digits(digits=collected, secret=self.secret)
