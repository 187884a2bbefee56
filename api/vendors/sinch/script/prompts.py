"""Prompts: `;`-separated lists of file names, URLs, `#href[…]`, `#tts[…]` and `#ssml[…]`.

«If multiple prompts are used, the prompts will be played in the order they are specified, without any pauses between
playbacks. For external media resources, provided by a URL, both using a #href[…] and directly specifying the URL are
supported.» (Callback API, RunMenu, mainPrompt)
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from api.vendors.sinch.fields import Illegal
from api.vendors.sinch.script import limits
from api.vendors.sinch.script.ssml_tags import readable
from api.vendors.sinch.script.svaml import PromptTask
from engine.media.upload_files import SCHEME, is_name
from engine.tasks.play import Play
from engine.tasks.say import Say

# `tts#[…]` is a slip of the vendor's .NET library.
_OPENING = re.compile(r"\s*(?:#(?P<kind>tts|ssml|href)|(?P<slip>tts|ssml|href)#)\[", re.IGNORECASE)
_BRACKET = re.compile(r"[\[\]]")
_LOCALES: dict[str, str] = {name.lower(): name for name in (*limits.LOCALES, *limits.LOCALE_SLIPS)}


class Reader:
    """Reads prompts and locales of one script, and gathers what was overlooked."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, sentence: str) -> None:
        """Note what was overlooked, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def locale(self, written: str | None) -> str:
        """Return a locale in its usual spelling; an unknown one is the default, with a warning."""
        if written is None:
            return limits.LOCALE
        found: str | None = _LOCALES.get(written.lower().replace("_", "-"))
        if found is None:
            self.warn(f"The locale {written[:16]!r} is unknown; {limits.LOCALE} is used.")
            return limits.LOCALE
        return limits.LOCALE_SLIPS.get(found, found)

    def prompts(self, texts: Iterable[str], name: str, locale: str) -> tuple[PromptTask, ...]:
        """Read lists of prompts; raises Illegal. What is spoken has 600 characters at most in all."""
        found = [self._prompt(part, name, locale) for text in texts for part in split(text, name)]
        if len(found) > limits.MOST_PROMPTS:
            raise Illegal(f"{name} must have at most {limits.MOST_PROMPTS} prompts.")
        spoken = sum(len(prompt.text) for prompt in found if isinstance(prompt, Say) and not prompt.ssml)
        if spoken > limits.LONGEST_TEXT:
            raise Illegal(f"{name} must speak at most {limits.LONGEST_TEXT} characters.")
        return tuple(found)

    def say(self, text: str, name: str, locale: str) -> Say:
        """Read a text to speak; raises Illegal."""
        clean = "\n".join(line for line in map(_plain, text.splitlines()) if line)
        if len(clean) > limits.LONGEST_TEXT:
            raise Illegal(f"{name} must speak at most {limits.LONGEST_TEXT} characters.")
        return Say(text=clean, locale=locale)

    def _prompt(self, part: str, name: str, locale: str) -> PromptTask:
        opening = _OPENING.match(part)
        if opening is None:
            return _file(part, name)
        inside = part[opening.end() :].rstrip()
        if not inside.endswith("]"):
            raise Illegal(f"{name} has a prompt without a closing bracket.")
        inside = inside[:-1].strip()
        if not inside:
            raise Illegal(f"{name} has an empty prompt.")
        match (opening["kind"] or opening["slip"]).lower():
            case "tts":
                return self.say(inside, name, locale)
            case "ssml":
                return self._ssml(inside, name, locale)
        return Play(source=_url(inside, name))

    def _ssml(self, text: str, name: str, locale: str) -> Say:
        if len(text) > limits.LONGEST_TEXT:
            raise Illegal(f"{name} must speak at most {limits.LONGEST_TEXT} characters.")
        found = readable(text)
        if found is None:
            raise Illegal(f"{name} has SSML that is not well-formed.")
        for remark in found.remarks:
            self.warn(remark)
        for tag in found.dropped:
            self.warn(f"The SSML tag <{tag}> is ignored; its content is spoken.")
        return Say(text=found.text, locale=locale, ssml=True)


def _plain(line: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in line).split())


def split(text: str, name: str) -> list[str]:
    """Split a list at its semicolons, but not inside brackets; raises Illegal for a bracket left open."""
    parts, begin = [], 0
    while begin < len(text):
        opening = _OPENING.match(text, begin)
        closed = _closing(text, opening.end(), name) if opening else begin
        end = text.find(";", closed)
        end = len(text) if end < 0 else end
        parts.append(text[begin:end])
        begin = end + 1
    return [part for part in parts if part.strip()]


def _closing(text: str, begin: int, name: str) -> int:
    """Return where the bracket that was opened before `begin` closes; brackets inside it come in pairs."""
    depth = 1
    for found in _BRACKET.finditer(text, begin):
        depth += 1 if found[0] == "[" else -1
        if depth == 0:
            return found.end()
    raise Illegal(f"{name} has a prompt without a closing bracket.")


def _file(part: str, name: str) -> PromptTask:
    text = part.strip()
    if "://" in text:
        return Play(source=_url(text, name))
    if not is_name(text):
        raise Illegal(f"{name} has a prompt that is not a file name, a URL, #tts[], #ssml[] or #href[].")
    return Play(source=SCHEME + text)


def _url(text: str, name: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or len(text) > limits.LONGEST_URL or any(c <= " " or c == "\x7f" for c in text):
        raise Illegal(f"{name} has a URL that is not an http:// or https:// address.")
    return text
