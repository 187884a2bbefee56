"""Masks secrets in stored texts of requests: values whose names mark them as secret are replaced by ***.

A text is masked without being parsed, whether it is JSON, a form or a page, so that a part of one is masked as well.
"""

import re

MASK = "***"
MOST_KEPT = 8192
"""How many characters of a body are stored."""
_MARGIN = 2048  # searched beyond that, so that a secret at the cut is masked too

_NAME = (
    r"[\w.-]*(?:passw(?:or)?d|passphrase|passcode|pwd|secret|token|credentials?|authorization|bearer|signature"
    r"|api[_-]?key|access[_-]?key|private[_-]?key|session[_-]?id)[\w.-]*|(?:[\w.-]*[_.-])?pin(?:[_-]?code)?|(?-i:[a-zA-Z0-9]*[a-z0-9]P(?:in|IN))(?:code)?|sig|auth"
)
# Every such name contains one of these; most bodies contain none, and are then not searched further.
_PARTS = (
    *("passw", "passphrase", "passcode", "pwd", "secret", "token", "credential", "auth", "bearer", "sig", "pin"),
    *("session", "api", "access", "private"),
)
_STRING = r'"(?:[^"\\]|\\.)*(?:"|\\?$)'
_USER = re.compile(r"(?<=://)([^/?#@\s\"'<>:]*):[^/?#@\s\"'<>]*@")
_IN_QUERY = re.compile(rf"(?<=[?&;])({_NAME})=[^&;#\s\"'<>\\]+", re.IGNORECASE)
_IN_FORM = re.compile(rf"^({_NAME})=[^&\s\"'<>]+", re.IGNORECASE)
_FIELD = re.compile(rf'("(?:{_NAME})"\s*:\s*)(?:{_STRING}|\{{[^}}]*\}}?|\[[^\]]*\]?|[^\s,}}\]"]+)', re.IGNORECASE)
_PAIR = re.compile(rf'("key"\s*:\s*"(?:{_NAME})"\s*,\s*"value"\s*:\s*){_STRING}', re.IGNORECASE)


def masked(text: str) -> str:
    """Return a text with passwords in URLs, and values with secret names, masked."""
    if "@" in text:
        text = _USER.sub(rf"\1:{MASK}@", text)
    folded = text.lower()
    if not any(part in folded for part in _PARTS):
        return text
    for place in (_IN_QUERY, _IN_FORM):
        text = place.sub(rf"\1={MASK}", text)
    for place in (_FIELD, _PAIR):
        text = place.sub(rf'\1"{MASK}"', text)
    return text


def kept(body: bytes) -> str:
    """Return the stored part of a body: its beginning as text, masked."""
    text = body[: MOST_KEPT + _MARGIN].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return masked(text)[:MOST_KEPT]


def beginning(body: bytes, most: int = 80) -> str:
    """Return the beginning of a body for quotation: one line, masked, cut with an ellipsis."""
    line = " ".join(kept(body).split())
    line = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)
    return line if len(line) <= most else line[: most - 1] + "…"
