"""Codes: what phones dial besides numbers, each answered by a feature; behind some a number may follow."""

import re
from collections.abc import Callable

from engine.calls.directory import Answering
from engine.store.accounts import Account
from engine.store.extensions import Extension

CODE = re.compile(r"\*[0-9]{1,5}", re.ASCII)
"""What a code may be. It begins with *, so it is never an extension, nor a number."""
STARS = "**"
Code = Callable[[Account, Extension], Answering]
"""What a call does by which an extension of an account dialled a code."""
CodeWith = Callable[[Account, Extension, str], Answering]
"""The same with what was dialled behind the code, such as a number; "" for nothing."""
_BEHIND = re.compile(r"\+?[0-9]{1,20}#?", re.ASCII)


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
        self._with: dict[str, CodeWith] = {}

    def add(self, code: str, answers: Code) -> None:
        """Add a code; raises BadCode, and ValueError for one that is taken."""
        checked_code(code)
        self._refuse_taken(code)
        self._by_code[code] = answers

    def add_with(self, code: str, answers: CodeWith) -> None:
        """Add a code that a number may follow; ** may be one. Raises BadCode, and ValueError for one that is taken."""
        if code != STARS:
            checked_code(code)
        self._refuse_taken(code)
        self._with[code] = answers

    def _refuse_taken(self, code: str) -> None:
        if code in self._by_code or code in self._with:
            raise ValueError(f"Two features answer the code {code}.")

    def get(self, dialled: str) -> Code | None:
        """What answers what was dialled; None where that is no code.

        A whole code counts before one that a number follows, and of those the longest.
        """
        if found := self._by_code.get(dialled):
            return found
        for code in sorted(self._with, key=len, reverse=True):
            behind = dialled.removeprefix(code)
            if dialled.startswith(code) and (not behind or _BEHIND.fullmatch(behind)):
                answers = self._with[code]
                return lambda account, extension: answers(account, extension, behind.removesuffix("#"))
        return None
