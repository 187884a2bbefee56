"""Voices, and texts that are spoken into a file."""

from typing import Annotated, Literal

from api.own.schema.fields import Given, Shown, says
from api.own.schema.tasks import FACTOR

NOUNS = ("voices",)


class Text(Given, frozen=True, kw_only=True):
    """A text to speak."""

    text: Annotated[str, says("1 to 600 characters.")]
    locale: Annotated[str, says("The language, as BCP 47, such as ne-NP.")] = "en-US"
    voice: Annotated[str | None, says("The name of a voice; null: the one of the locale.")] = None
    ssml: Annotated[bool, says("Whether the text is SSML.")] = False
    length_factor: Annotated[
        float, says("How long it takes: 1.4 is 1.4 times as long as the voice speaks by itself.", **FACTOR)
    ] = 1.0
    format: Annotated[Literal["mp3", "wav"], says("The format of the file, 16 kHz and mono.")] = "mp3"


class Voice(Shown, frozen=True, kw_only=True):
    """A voice."""

    name: Annotated[str, says("What a task's voice is set to.")]
    locale: Annotated[str, says("The language that it speaks, as BCP 47 in lower case.")]
    engine: Annotated[str, says("What speaks: piper, hibari, flite or espeak-ng.")]


class Voices(Shown, frozen=True, kw_only=True):
    """The voices of this installation."""

    voices: Annotated[tuple[Voice, ...], says("The voices; of several for a language the first is chosen.")]
