"""Checks texts to speak before a call is placed, so that the request is refused and not a task later."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from engine.media.prompt import PromptSettings
from engine.media.speech.ssml import parts as ssml_parts
from engine.media.speech.tempo import check_factor
from engine.media.speech.text import clean
from engine.tasks.say import LAST_DIGIT, Say

MOST_CHARACTERS = PromptSettings().max_text


def check(tasks: Iterable[Any]) -> None:
    """Refuse a text without words, one of more than 600 characters, SSML that is not well-formed, and a wrong length.

    Raises TextTooLong, NothingToPlay, BadSsml, BadLength, with which the task would fail later.
    """
    for say in _said(tuple(tasks)):
        check_factor(say.length_factor)
        if say.ssml:
            ssml_parts(say.text, MOST_CHARACTERS)
        else:
            clean(say.text.replace(LAST_DIGIT, "0"), MOST_CHARACTERS, say.locale)


def _said(value: Any) -> Iterator[Say]:
    """Return every Say, including those within menus, parks and dials."""
    if isinstance(value, Say):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _said(each)
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _said(getattr(value, field))
