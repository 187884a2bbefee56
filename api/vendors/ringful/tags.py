"""What Ringful writes on calls, conferences and tasks, to find it again in their events."""

from api.callbacks.tags import Tag, encode
from api.vendors.ringful.http.requests import WrittenNumber
from api.vendors.ringful.ids import DIALECT, is_conference

ANNOUNCEMENT = "announcement"
CONFERENCE = "confCallId"
WRITTEN = "written"


def tag(url: str, **data: str) -> str:
    """Return the tag of what a callback URL is told about."""
    return encode(Tag(dialect=DIALECT, url=url, data=data)) if url or data else ""


def owner_key(owner: str) -> str:
    """Return the parameter that names the owner of a queue: `callId`, or `confCallId` for a conference."""
    return CONFERENCE if is_conference(owner) else "callId"


def spelling(number: WrittenNumber) -> dict[str, str]:
    """Return what remembers how the customer wrote a number, where that is not what is dialled."""
    return {} if number.written == number.digits else {WRITTEN: number.written}
