"""Secrets that a command is given: in a file or on standard input, so that no list of processes shows them."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from api.cli.client import CommandFailed

GivenFile = Annotated[str | None, Parameter(allow_leading_hyphen=True)]
"""A file's name, or - for standard input."""


def password_of(password: str | None, file: str | None) -> str | None:
    """Return the password of --password or of the first line of --password-file (- is standard input).

    Raises CommandFailed if both are given, or the file cannot be read or is empty.
    """
    if file is None:
        return password
    if password is not None:
        raise CommandFailed("Give --password or --password-file, not both.")
    found = text_of(file, "--password-file").split("\n", 1)[0].removesuffix("\r")
    if not found:
        raise CommandFailed(f"--password-file must have the password in its first line ({file} has none).")
    return found


def text_of(file: str, option: str) -> str:
    """Return what is in a file (- is standard input); raises CommandFailed that names the option."""
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text()
    except OSError as error:
        raise CommandFailed(f"{option} {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise CommandFailed(f"{option} {file} is not text.") from None
