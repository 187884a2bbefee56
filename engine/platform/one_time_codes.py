"""Codes that somebody must repeat to prove a number: made, and written so that they can be heard."""

import secrets


def new_code(digits: int) -> str:
    """Return a code of so many digits that nobody can guess."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def spaced(code: str) -> str:
    """Return a code with a space between its digits: "1 2 3 4"."""
    return " ".join(code)


def spoken(code: str) -> str:
    """Return a code as it is spoken: each digit is a sentence of its own, behind which a voice pauses."""
    return " ".join(f"{digit}." for digit in code)
