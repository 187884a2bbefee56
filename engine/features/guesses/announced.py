"""What customers hear of guesses."""

from engine.features.guesses.events import GuessesLocked
from engine.model.moment import moment
from engine.platform.catalogue import Entry, Fields, only


def _locked(event: GuessesLocked) -> Fields:
    return only("scope", "kind", "target", "caller")(event) | {"until": moment(event.until)}


ENTRIES = (Entry("guesses.locked", GuessesLocked, _locked, subject="lock"),)
