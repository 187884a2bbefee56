"""What Ringful stores with calls, conferences and tasks, to find it again in their events."""

from api.forms import WrittenNumber
from api.vendors.ringful.ids import DIALECT, is_conference
from engine.model.call_data import CallData

ANNOUNCEMENT = "announcement"
CONFERENCE = "confCallId"
WRITTEN = "written"


def notified(url: str, **values: str) -> CallData | None:
    """Return the data of what a callback URL ("": none) is notified of; None where there is nothing to keep."""
    return CallData(dialect=DIALECT, address=url, values=values) if url or values else None


def owner_key(owner: str) -> str:
    """Return the parameter that names the owner of a queue: `callId`, or `confCallId` for a conference."""
    return CONFERENCE if is_conference(owner) else "callId"


def spelling(number: WrittenNumber) -> dict[str, str]:
    """Return what remembers how the customer wrote a number, where that is not what is dialled."""
    return {} if number.written == number.digits else {WRITTEN: number.written}
