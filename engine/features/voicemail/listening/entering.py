"""How a caller comes into a box: its number, then its PIN."""

from engine.features.voicemail.errors import NoSuchBox
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
    return place.at(Step.PIN, box=typed, ended=True)


async def pin(steps: Steps, turn: Turn) -> Done:
    """Ask for the PIN, three times in a session. What is wrong counts for the box too, however often it is called."""
    place = turn.place
    typed = await turn.digits(turn.phrases.wrong_pin if place.tries else "", turn.phrases.ask_pin)
    try:
        verdict = await steps.service.check_pin(turn.call.account, place.box, typed)
    except NoSuchBox:
        verdict = None
    if verdict and verdict.fits:
        return place.at(Step.MAIN, open=True, tries=0, ended=True)
    tries = place.tries + 1
    if tries >= TRIES or (verdict and verdict.locked_until is not None):
        await turn.say(turn.phrases.wrong_pin)
        return None
    return place.at(Step.PIN, tries=tries, ended=bool(typed))


def first_of(box: str, *, opened: bool) -> Place:
    """Where a call begins that is for a box, or ("") for none that is known."""
    if not box:
        return Place(step=Step.NUMBER)
    return Place(step=Step.MAIN if opened else Step.PIN, box=box, open=opened)
