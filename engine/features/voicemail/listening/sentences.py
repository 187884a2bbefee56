"""The sentences of the menu of a box, by language (those of engine.features.voicemail.wording)."""

from engine.features.voicemail.listening.languages import de, en, es, fr, it, nl, pl, pt, sv
from engine.features.voicemail.listening.phrases import Phrases

SENTENCES: dict[str, Phrases] = {
    "en": en.PHRASES,
    "de": de.PHRASES,
    "es": es.PHRASES,
    "fr": fr.PHRASES,
    "it": it.PHRASES,
    "nl": nl.PHRASES,
    "pt": pt.PHRASES,
    "pl": pl.PHRASES,
    "sv": sv.PHRASES,
}


def phrases_of(language: str) -> Phrases:
    """Return the sentences of a box's language (BCP 47)."""
    return SENTENCES.get(language.partition("-")[0].lower(), en.PHRASES)
