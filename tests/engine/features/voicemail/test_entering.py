"""How callers come into boxes by telephone: what they hear, and as whose guess a PIN counts."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from engine.calls.keypad import PressedDigit, Presses
from engine.features.guesses.budgets import BY_CALLER
from engine.features.voicemail.listening.entering import first_of
from engine.features.voicemail.listening.place import TOPIC, Place, Step, read, task_of
from engine.features.voicemail.model import BoxFields
from engine.features.voicemail.pins import GUESSED
from engine.model.call import Call, CallState, Direction
from engine.tasks.converse import Converse
from engine.tasks.hang_up import HangUp
from engine.tasks.say import Say
from tests.engine.features.guesses.test_guesses import told
from tests.engine.features.voicemail.conftest import ANNA, House
from tests.engine.store.samples import a_call

NO_BOX = "299"
PIN, WRONG = "271828", "314159"


class Phone:
    """A task's view of a call whose caller hears the first prompt and then types these keys."""

    def __init__(self, keys: str) -> None:
        self.task_id, self.keypad, self.player = "task-1", self, self
        self.heard: list[tuple[str, str]] = []
        self._keys, self._presses = keys, Presses(takes=None)

    @contextmanager
    def taking(self, *, typed_ahead: bool, secret: bool) -> Iterator[Presses]:
        yield self._presses

    async def prompt(self, of: Say) -> None:
        self.heard.append((of.text, of.locale))

    @asynccontextmanager
    async def playing(self, prompt: None, on: object, *, part: int) -> AsyncIterator["Phone"]:
        yield self

    async def finished(self) -> None:
        keys, self._keys = self._keys, ""
        for key in keys:
            self._presses.put(PressedDigit(key, "call-1"))

    async def digit(self, digit: PressedDigit, *, accepted: bool) -> None:
        pass

    def reached(self, where: str) -> None:
        pass


def a_caller(**fields: Any) -> Call:
    answered = {"direction": Direction.INBOUND, "state": CallState.ANSWERED, "caller": "12015550114"}
    return a_call(**answered | fields)


async def session(house: House, at: Place, *keys: str, call: Call | None = None) -> tuple[list[tuple[str, str]], Place]:
    """What is heard in turns that begin there, in each of which these keys are typed, and where the last one was."""
    heard: list[tuple[str, str]] = []
    for typed in keys:
        phone = Phone(f"{typed}#")
        menu = house.platform.conversations[TOPIC]
        first, *rest = (await menu.turn(call or a_caller(), task_of(at).state, phone)).tasks  # type: ignore[arg-type]
        heard += phone.heard
        if isinstance(first, Say):
            assert isinstance(rest[0], HangUp)
            heard.append((first.text, first.locale))
            break
        assert isinstance(first, Converse)
        at = read(first.state)
    return heard, at


async def test_a_number_that_was_typed_sounds_the_same_whether_it_is_a_box_or_not(house: House) -> None:
    await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(language="de-DE"))
    there, _ = await session(house, first_of("", opened=False), ANNA, WRONG, WRONG, WRONG)
    nowhere, _ = await session(house, first_of("", opened=False), NO_BOX, WRONG, WRONG, WRONG)
    assert there == nowhere and {locale for _, locale in there} == {"en-US"}


async def test_behind_its_pin_and_on_a_line_of_its_own_a_box_speaks_its_language(house: House) -> None:
    await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(language="de-DE"))
    heard, at = await session(house, first_of("", opened=False), ANNA, PIN, "0")
    assert (at.step, at.typed, at.open) == (Step.OPTIONS, True, True)
    assert [locale for _, locale in heard[:3]] == ["en-US", "en-US", "de-DE"]
    heard, _ = await session(house, first_of(ANNA, opened=False), WRONG)
    assert {locale for _, locale in heard} == {"de-DE"}


async def test_a_lock_tells_the_number_of_a_box_and_nothing_else_that_was_typed(house: House) -> None:
    for number in (ANNA, "314159"):
        for guess in range(GUESSED.one.free):
            await house.voicemail.check_pin("acct-1", number, WRONG, f"1201666{guess:04}")
    assert [event.target for event in await told(house.db) if event.scope == "target"] == [ANNA, "***"]


def test_a_place_of_an_earlier_version_is_read() -> None:
    assert read('{"step":"pin","box":"201","tries":1}') == Place(step=Step.PIN, box="201", tries=1)


async def test_of_a_call_that_we_placed_a_guess_is_whom_we_called_s(house: House) -> None:
    for guess in range(BY_CALLER.free):
        call = a_caller(direction=Direction.OUTBOUND, caller="12015550100", callee=f"1201666{guess:04}")
        await session(house, first_of(f"40{guess}", opened=False), WRONG, call=call)
    other = a_caller(direction=Direction.OUTBOUND, caller="12015550100", callee="12016669999")
    _, at = await session(house, first_of(ANNA, opened=False), PIN, call=other)
    assert at.open, "the account's own number is nobody's that guesses"
