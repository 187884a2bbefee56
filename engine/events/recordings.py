"""What becomes of a recording."""

from engine.events.base import Event


class RecordingAvailable(Event, frozen=True, kw_only=True, tag="recording_available"):
    """A recording is in its format and at its destination; may come after the end of its call.

    `destination` is where (s3://…), or "" for our own store, where it is called `name`.
    """

    task: str
    recording: str
    name: str
    format: str
    destination: str


class RecordingUndelivered(Event, frozen=True, kw_only=True, tag="recording_undelivered"):
    """A recording did not reach its destination and stays in our own store; may come after the end of its call."""

    task: str
    recording: str
    reason: str
