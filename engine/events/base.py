"""What every event has."""

from typing import ClassVar

import msgspec

from engine.kinds import Kinds, Tagged
from engine.model.call_data import CallData


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", metaclass=Tagged):
    """Something that happened to `subject`: a call, a conference, or what a feature has.

    `at` is Unix seconds; `data` is what a customer stored with the call, conference or task, as it was then.
    `sequence` is 0 until the event is committed. Each kind has a `tag`, which is stored and must never change.
    """

    kinds: ClassVar["Kinds[Event]"] = Kinds()
    """Every kind of event that is defined in this process: the call core's are here, a feature's in its folder."""

    id: str
    account: str
    subject: str
    root: str
    at: float
    sequence: int = 0
    data: CallData | None = None
