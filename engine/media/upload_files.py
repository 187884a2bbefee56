"""Files that accounts uploaded, in a folder of ours under random names; the store says whose they are."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import BinaryIO

import msgspec

from engine.media import errors

SCHEME = "upload:"
"""What a prompt's source begins with that names such a file."""
_NAME = re.compile(r"\w[\w .\-/]{0,127}")


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was uploaded: its random name here, the SHA-256 of its bytes, their number, its length in seconds."""

    file: str
    digest: str
    bytes: int
    seconds: float


def is_name(name: str) -> bool:
    """Whether an account may call a file so."""
    return bool(_NAME.fullmatch(name)) and ".." not in name


def make_folder(folder: Path) -> None:
    """Make the folder and remove what an earlier process did not finish. Raises NoSpace."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in folder.glob("*.part"):
            part.unlink(missing_ok=True)
    except OSError as error:
        raise errors.NoSpace(f"{folder}: {error.strerror}") from error


def save(file: BinaryIO, to: Path) -> None:
    """Write a file in place, whole or not at all. Raises NoSpace."""
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
    """For reading. Raises NotFound."""
    try:
        return path.open("rb")
    except OSError as error:
        raise errors.AudioNotFound("the uploaded file is gone") from error
