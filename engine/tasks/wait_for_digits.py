"""Wait for digits."""

from engine.tasks.interfaces import Digit, Subject
from engine.tasks.next_digit import Keys
from engine.tasks.results import Digits
from engine.tasks.task import Task


class WaitForDigits(Task, frozen=True, kw_only=True, tag="wait_for_digits"):
    """Hold the queue until `count` digits out of `accept` (empty: any) were pressed.

    Digits count from now on; with `typed_ahead` also those that were pressed before and that no task took, such as
    during the prompt before. Every other digit is a misfire: reported, not counted. `terminator` ends the input before
    `count`. `secret`: no timeline shows the digits or the result.
    `seconds` is the whole wait's limit (None: until the call ends); a key that is down then counts once it is released.
    `barge_in` stops a prompt that plays beside it at the first accepted digit. `hang_up_on_timeout` ends the call where
    nothing came.
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
        collected: list[str] = []
        with on.keypad.taking(typed_ahead=self.typed_ahead, secret=self.secret) as digits:
            await on.started()
            keys = Keys(digits)
            while True:
                left = on.remaining(self.seconds)
                heard = await keys.next(left) if left != 0 or keys.waiting else None
                if heard is None:
                    return await self._timed_out("".join(collected), on)
                if await self._ends(heard, collected, on):
                    break
        on.keypad.last = "".join(collected)
        return Digits(digits=on.keypad.last, secret=self.secret)

    async def _ends(self, heard: Digit, collected: list[str], on: Subject) -> bool:
        """Take a digit; whether the input is complete with it."""
        ends = heard.digit == self.terminator
        accepted = ends or not self.accept or heard.digit in self.accept
        await on.digit(heard, accepted=accepted)
        if ends or not accepted:
            return ends
        if self.barge_in and not collected:
            on.stop_background("play")
            on.stop_background("say")
        collected.append(heard.digit)
        return len(collected) >= self.count

    async def _timed_out(self, collected: str, on: Subject) -> Digits:
        if self.hang_up_on_timeout and not collected:
            await on.line.hang_up()
        return Digits(digits=collected, timed_out=True, secret=self.secret)
