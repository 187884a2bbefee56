"""TingTing's voices: which of ours each one is, and which one a request names."""

from typing import NamedTuple

from api.vendors.tingting.errors import Invalid
from api.vendors.tingting.fields import Fields

LOCALE = "ne-NP"


class Spoken(NamedTuple):
    """One of TingTing's voices: its number in the newer API, how it is shown, and the voice of ours that it is."""

    id: int
    shown: str
    name: str
    ours: str


VOICES = (
    Spoken(1, "Rija", "np_rija", "ne-female-1"),
    Spoken(2, "Prasanna", "np_prasanna", "ne-male-1"),
    Spoken(3, "Binod", "np_binod", "ne-male-2"),
)
"""The first one speaks where none is named."""


def voice(fields: Fields, *names: str) -> Spoken | None:
    """Return the voice that a request names, by its name or its number; None where it names none."""
    names = names or ("voice_input",)
    given = fields.raw(*names)
    if isinstance(given, dict):  # the published client sends a voice as it got it
        given = given.get("id")
    text = None if given is None else Fields({names[0]: given}).text_or_none(*names, most=100)
    if text is None:
        return None
    found = next((each for each in VOICES if text.lower() in (str(each.id), each.name, each.shown.lower())), None)
    if found is None:
        raise Invalid(f"{names[0]} must be {', '.join(each.name for each in VOICES)} (got {text[:40]!r}).")
    return found


def voice_id(ours: str | None) -> int | None:
    """Return the number of the voice that is one of ours; None for one that TingTing does not have."""
    return next((each.id for each in VOICES if each.ours == ours), None)
