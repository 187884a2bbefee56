"""What a call does once its first party answers: prompts, user input, the second party, and the end."""

from dataclasses import dataclass

from api.forms import WrittenNumber
from api.vendors.tringme.http.requests import Parameters, Prompt
from engine.model.call_data import CallData
from engine.model.destination import Diversions
from engine.model.leg_options import LegOptions
from engine.tasks.dial import Dial
from engine.tasks.hang_up import HangUp
from engine.tasks.kinds import AnyTask, encode_without_secrets
from engine.tasks.menu import Menu, expecting
from engine.tasks.run_menu import RunMenu

TRIES = 3
"""How often a caller may enter what is asked for. The document says «try again» and no number."""
SILENCE_SECONDS = 6.0
MENU = "input"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a request wants of each of its calls. `digits`: how many are asked for, and which are expected ("": any)."""

    destination: WrittenNumber | None
    greeting: Prompt | None
    goodbye: Prompt | None
    retry: Prompt | None
    digits: tuple[int, str] | None

    @classmethod
    def read(cls, parameters: Parameters) -> "Plan":
        """Read it; raises Invalid."""
        return cls(
            destination=parameters.number_or_none("dest"),
            greeting=parameters.prompt("greeting"),
            goodbye=parameters.prompt("goodbye"),
            retry=parameters.prompt("retry"),
            digits=parameters.digits(),
        )

    @property
    def is_pair(self) -> bool:
        """Whether it is two parties and at most a greeting: then nothing else has to be done by the call itself."""
        return self.destination is not None and self.goodbye is None and self.digits is None

    @property
    def prompts(self) -> tuple[tuple[str, Prompt], ...]:
        """Its prompts, by their parameters."""
        named = (("greeting", self.greeting), ("goodbye", self.goodbye), ("retry", self.retry))
        return tuple((name, prompt) for name, prompt in named if prompt)

    def tasks(self, data: CallData | None, second_caller: str | None) -> tuple[AnyTask, ...]:
        """Return the first party's tasks. `second_caller`: what the second party sees; None: the first one's number.

        With a second party the first one hears the goodbye when the second one has hung up, or if it is busy, does not
        answer or has no phone there.
        """
        ending: tuple[AnyTask, ...] = (*((self.goodbye,) if self.goodbye else ()), HangUp())
        if self.digits:
            beginning: tuple[AnyTask, ...] = (self._asking(*self.digits, ending, data),)
        else:
            beginning = (self.greeting,) if self.greeting else ()
        if self.destination is None:
            return (*beginning, *ending)
        unreached = f"tasks:{encode_without_secrets(ending)}"
        dial = Dial(
            to=self.destination.digits,
            leg=LegOptions(caller=second_caller),
            continue_after=self.goodbye is not None,
            diversions=Diversions(no_answer=unreached, busy=unreached, unregistered=unreached)
            if self.goodbye
            else None,
        )
        return (*beginning, dial, *(ending if self.goodbye else ()))

    def _asking(self, count: int, expected: str, ending: tuple[AnyTask, ...], data: CallData | None) -> RunMenu:
        """Return what asks for digits; a caller who does not enter them hears the goodbye, and is not connected."""
        main = (self.greeting,) if self.greeting else ()
        menu = Menu(
            id=MENU,
            main=main,
            repeat=(self.retry,) if self.retry else main,
            repeats=TRIES - 1,
            most_digits=count,
            silence_seconds=SILENCE_SECONDS,
            otherwise=f"tasks:{encode_without_secrets(ending)}",
            expected=expecting(expected) if expected else "",
        )
        return RunMenu(first=MENU, menus=(menu,), typed_ahead=True, secret=bool(expected), data=data)
