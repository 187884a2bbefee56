"""Codes: what phones dial besides numbers, each answered by a feature."""

import re
from collections.abc import Callable

from engine.calls.directory import Answering
from engine.store.accounts import Account
from engine.store.extensions import Extension

CODE = re.compile(r"\*[0-9]{1,5}", re.ASCII)
"""What a code may be. It begins with *, so it is never an extension, nor a number."""
Code = Callable[[Account, Extension], Answering]
"""What a call does by which an extension of an account dialled a code."""


class BadCode(ValueError):
    """A code that phones cannot dial."""


def checked_code(text: str) -> str:
    """Return a code; raises BadCode."""
    if not CODE.fullmatch(text):
        raise BadCode(f"A code must be * and 1 to 5 digits, such as *97 (got {text[:32]!r}).")
    return text


class Codes:
    """The codes of this installation."""

    def __init__(self) -> None:
        self._by_code: dict[str, Code] = {}

    def add(self, code: str, answers: Code) -> None:
        """Add a code; raises BadCode, and ValueError for one that is taken."""
        checked_code(code)
        if code in self._by_code:
            raise ValueError(f"Two features answer the code {code}.")
        self._by_code[code] = answers

    def get(self, dialled: str) -> Code | None:
        """What answers what was dialled; None where that is no code."""
        return self._by_code.get(dialled)
