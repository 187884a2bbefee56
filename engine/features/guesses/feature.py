"""Guesses: the budgets of secrets that callers enter."""

from engine.features.guesses import announced
from engine.features.guesses.events import GuessesLocked
from engine.features.guesses.service import Guesses
from engine.features.guesses.tables import guesses, known_callers
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class GuessesFeature(Feature):
    """One service for all secrets that callers enter."""

    name = "guesses"
    events = (GuessesLocked,)
    announces = announced.ENTRIES
    tables = (guesses, known_callers)

    def __init__(self, platform: Platform) -> None:
        self.service = Guesses(platform)
        self.services = (self.service,)
