"""What every event has."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened to `subject` (a call or a conference).

    `at` is Unix seconds; `tag` is the data that a dialect attached to the call, conference or task.
    `sequence` is 0 until the event is committed.
    """

    id: str
    account: str
    subject: str
    root: str
    at: float
    sequence: int = 0
    tag: str = ""
