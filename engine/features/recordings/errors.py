"""Why a recording cannot be fetched."""

from engine.features.errors import NotThere


class NoSuchRecording(NotThere):
    """There is no such recording."""


class NotReady(NotThere):
    """This recording is not ready yet."""


class RecordingDeleted(NotThere):
    """This recording was deleted."""
