"""Uploaded files, in one folder under random names; the store has their accounts."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import BinaryIO

import msgspec

from engine.media import errors

SCHEME = "upload:"
"""The prefix of a prompt's source that names an uploaded file."""
_NAME = re.compile(r"\w[\w .\-/]{0,127}")


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """An uploaded file: its random name, the SHA-256 of its bytes, its size in bytes, its length in seconds."""

    file: str
    digest: str
    bytes: int
    seconds: float


def is_name(name: str) -> bool:
    """Return whether a file may have this name."""
    return bool(_NAME.fullmatch(name)) and ".." not in name


def make_folder(folder: Path) -> None:
    """Make the folder and remove unfinished files of an earlier process. Raises NoSpace."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in folder.glob("*.part"):
            part.unlink(missing_ok=True)
    except OSError as error:
        raise errors.NoSpace(f"{folder}: {error.strerror}") from error


def save(file: BinaryIO, to: Path) -> None:
    """Write a file atomically. Raises NoSpace."""
    part = to.with_suffix(".part")
    file.seek(0)
    try:
        with part.open("wb") as out:
            shutil.copyfileobj(file, out)
        part.replace(to)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise errors.NoSpace(f"{to.parent}: {error.strerror}") from error


def open_upload(path: Path) -> BinaryIO:
    """Open an uploaded file for reading. Raises NotFound."""
    try:
        return path.open("rb")
    except OSError as error:
        raise errors.AudioNotFound("the uploaded file is gone") from error
