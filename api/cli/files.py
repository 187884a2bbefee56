"""Files that commands save: audio with the right file name extension."""

import mimetypes
from pathlib import Path

from api.cli.client import CommandFailed

_KINDS = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/flac": "flac", "audio/ogg": "ogg"}
_ENDINGS = frozenset({*_KINDS.values(), "wave", "oga", "m4a", "aac"})


def audio_file(wanted: Path | None, content_type: str, name: str) -> Path:
    """Return the path to save audio at: `wanted`, or in the folder `wanted`, `name` with the right extension.

    Raises CommandFailed if `wanted` has the extension of another kind of audio: nothing is converted.
    """
    kind = _KINDS.get(content_type) or (mimetypes.guess_extension(content_type) or ".bin").removeprefix(".")
    if wanted is None or wanted.is_dir():
        own = name if name.lower().endswith(f".{kind}") else f"{name}.{kind}"
        return (wanted or Path()) / Path(own).name
    ending = wanted.suffix.lower().removeprefix(".")
    if ending in _ENDINGS and ending != kind and {ending, kind} not in ({"wav", "wave"}, {"ogg", "oga"}):
        right = wanted.with_suffix(f".{kind}")
        raise CommandFailed(
            f"The file is {kind.upper()}, but {wanted.name} is another kind's name; save it as {right}."
        )
    return wanted


def save(file: Path, data: bytes) -> None:
    """Write a file; raises CommandFailed if it cannot be written."""
    try:
        file.write_bytes(data)
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written: {error.strerror}.") from error
