"""What every event has."""

import msgspec

from engine.model.call_data import CallData


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened to `subject` (a call or a conference).

    `at` is Unix seconds; `data` is what a customer stored with the call, conference or task, as it was then.
    `sequence` is 0 until the event is committed.
    """

    id: str
    account: str
    subject: str
    root: str
    at: float
    sequence: int = 0
    data: CallData | None = None
