"""How a caller comes into a box: its number, then its PIN."""

from engine.features.guesses.budgets import Answer
from engine.features.voicemail.listening.place import Place, Step
from engine.features.voicemail.listening.steps import Done, Steps
from engine.features.voicemail.listening.turn import Turn
from engine.features.voicemail.pins import TRIES


async def number(steps: Steps, turn: Turn) -> Done:
    """Ask for the box. Whether there is one is not told before the PIN was right."""
    typed = await turn.digits(turn.phrases.ask_number)
    place = turn.place
    if not typed or not typed.isdecimal():
        again = Place(step=Step.NUMBER, tries=place.tries + 1)
        return again if again.tries < TRIES else None
    return place.at(Step.PIN, box=typed, typed=True, ended=True)


async def pin(steps: Steps, turn: Turn) -> Done:
    """Ask for the PIN, three times in a session. A number that is no box is asked for one too, and locked as one is.

    Behind a number that was typed all is spoken in one language: a box's own would say that there is one.
    """
    place = turn.place
    typed = await turn.digits(turn.phrases.wrong_pin if place.tries else "", turn.phrases.ask_pin)
    caller = "" if turn.call.private else turn.call.far_number
    answer = Answer.WRONG  # nothing is no guess
    if typed:
        answer = await steps.service.check_pin(turn.call.account, place.box, typed, caller, own=place.own)
    if answer is Answer.RIGHT:
        return place.at(Step.MAIN, open=True, tries=0, ended=True)
    tries = place.tries + 1
    if answer is Answer.LOCKED or tries >= TRIES:
        await turn.say(turn.phrases.too_many if answer is Answer.LOCKED else turn.phrases.wrong_pin)
        return None
    return place.at(Step.PIN, tries=tries, ended=bool(typed))


def first_of(box: str, *, opened: bool, own: bool = False) -> Place:
    """Where a call begins that is for a box, or ("") for none that is known; `own`: it comes from the box's phone."""
    if not box:
        return Place(step=Step.NUMBER)
    return Place(step=Step.MAIN if opened else Step.PIN, box=box, open=opened, own=own)
