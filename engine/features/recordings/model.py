"""What a recording is: whose it is, where its file is or is to go, and what the customer's link is called."""

from pathlib import Path
from typing import NamedTuple

from engine.store.recordings import RecordingRow

__all__ = ["RecordingFile", "RecordingRow"]


class RecordingFile(NamedTuple):
    """A recording's file; `format` is wav or mp3."""

    path: Path
    format: str
