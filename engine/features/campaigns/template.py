"""Texts with the tags of contacts in them: `Hello {name}`."""

import re
from collections.abc import Mapping

from engine.features.campaigns.errors import UnknownTag
from engine.features.errors import InvalidSetting

NAME = re.compile(r"[^\W\d][\w .-]{0,63}")
"""What a tag is called: a letter, then letters, digits, blanks, _, . and -."""
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def names(text: str) -> tuple[str, ...]:
    """Return the tags that a text names, each once; raises InvalidSetting for braces that are not closed."""
    found: dict[str, None] = {}
    for match in _FIELD.finditer(text):
        if match[0] in ("{{", "}}"):
            continue
        name = (match[1] or "").strip()
        if not NAME.fullmatch(name):
            raise InvalidSetting(
                f"text must name tags as {{name}}, and braces that stand for themselves as {{{{ and }}}}"
                f" (got {text[max(0, match.start() - 10) : match.end() + 10]!r})."
            )
        found[name] = None
    return tuple(found)


def filled(text: str, tags: Mapping[str, str]) -> str:
    """Return a text with a contact's tags in it; raises UnknownTag for one that it does not have."""

    def one(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        name = (match[1] or "").strip()
        if name not in tags:
            raise UnknownTag(f"the text names the tag {name!r}, which the contact does not have.")
        return tags[name]

    return _FIELD.sub(one, text)


def missing(text_names: tuple[str, ...], tags: Mapping[str, str]) -> str | None:
    """Return the first tag that a contact does not have; None: it has all."""
    return next((name for name in text_names if name not in tags), None)
