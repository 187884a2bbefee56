"""The main menu, the options of a box, and its new PIN."""

from engine.features.voicemail.errors import PinRefused
from engine.features.voicemail.listening.place import Step
from engine.features.voicemail.listening.steps import BY_PHONE, Done, Steps
from engine.features.voicemail.listening.turn import Turn
from engine.features.voicemail.model import Folder, GreetingKind

_KINDS = {"1": GreetingKind.ALL, "2": GreetingKind.BUSY, "3": GreetingKind.AWAY}
_PIN_TRIES = 3


async def main(steps: Steps, turn: Turn) -> Done:
    """Say what is there, and ask what to do: 1 messages, 2 saved messages, 0 options, * again, # the end."""
    place, phrases = turn.place, turn.phrases
    counts = await steps.service.counts(turn.call.account, place.box)
    announced = turn.sentence("counts", new=str(counts.new), old=str(counts.old))
    match await turn.choice("120*#", _first(turn), announced, phrases.main_menu):
        case "1":
            return place.at(Step.MESSAGE, folder=Folder.INBOX, message="")
        case "2":
            return place.at(Step.MESSAGE, folder=Folder.SAVED, message="")
        case "0":
            return place.at(Step.OPTIONS)
        case "*":
            return place.at(Step.MAIN)
    return None


async def options(steps: Steps, turn: Turn) -> Done:
    """Ask for 1, 2 or 3 (a greeting), 5 (the PIN), * back, # the end."""
    place = turn.place
    pressed = await turn.choice("1235*#", _first(turn), turn.phrases.options_menu)
    if pressed in _KINDS:
        return place.at(Step.GREETING, kind=_KINDS[pressed])
    match pressed:
        case "5":
            return place.at(Step.NEW_PIN)
        case "*":
            return place.at(Step.MAIN)
    return None


async def new_pin(steps: Steps, turn: Turn) -> Done:
    """Ask for a new PIN twice. Both are asked in one turn, so that none is ever stored but as its hash."""
    place, phrases = turn.place, turn.phrases
    first = ""
    for _ in range(_PIN_TRIES):
        typed = await turn.digits(first, phrases.new_pin)
        if not typed:
            return place.at(Step.OPTIONS, first="pin_kept")
        if await turn.digits(phrases.new_pin_again) != typed:
            first = phrases.pins_differ
            continue
        try:
            await steps.service.set_pin(BY_PHONE, turn.call.account, place.box, typed)
        except PinRefused:
            first = phrases.pin_refused
            continue
        return place.at(Step.OPTIONS, first="pin_changed", ended=True)
    return place.at(Step.OPTIONS, first="pin_kept")


def _first(turn: Turn) -> str:
    return turn.sentence(turn.place.first) if turn.place.first else ""
