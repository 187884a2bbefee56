"""Files that commands save: audio under a name that says what it is."""

import mimetypes
from pathlib import Path

from api.cli.client import CommandFailed

_KINDS = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/flac": "flac", "audio/ogg": "ogg"}
_ENDINGS = frozenset({*_KINDS.values(), "wave", "oga", "m4a", "aac"})


def audio_file(wanted: Path | None, content_type: str, name: str) -> Path:
    """Return where to save audio: `wanted`, or `name` with the ending of what it is, in the folder `wanted`.

    Raises CommandFailed where `wanted` ends as another kind of audio does: nothing is converted.
    """
    kind = _KINDS.get(content_type) or (mimetypes.guess_extension(content_type) or ".bin").removeprefix(".")
    if wanted is None or wanted.is_dir():
        own = name if name.lower().endswith(f".{kind}") else f"{name}.{kind}"
        return (wanted or Path()) / Path(own).name
    ending = wanted.suffix.lower().removeprefix(".")
    if ending in _ENDINGS and ending != kind and {ending, kind} not in ({"wav", "wave"}, {"ogg", "oga"}):
        right = wanted.with_suffix(f".{kind}")
        raise CommandFailed(f"The file is {kind.upper()}, which {wanted.name} would not say; save it as {right}.")
    return wanted


def save(file: Path, data: bytes) -> None:
    """Write a file; raises CommandFailed."""
    try:
        file.write_bytes(data)
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written: {error.strerror}.") from error
