"""What TringMe stores with calls, to find it again in their events, and the bits that say what is notified."""

from engine.model.call_data import CallData
from api.vendors.tringme.ids import DIALECT

TAG, FLAGS, SOURCE, DESTINATION = "tag", "flags", "src", "dest"
COMPLETED, IN_PROGRESS, PRIVATE = 1, 2, 16
"""The bits of a call's flag: its end and its DTMF are notified; its progress is; no party sees the other's number."""
KNOWN = COMPLETED | IN_PROGRESS | PRIVATE


def notified(url: str, *, tag: str, flags: int, source: str, destination: str) -> CallData | None:
    """Return the data of a call that a URL ("": none) is notified of; None where nothing is to be notified."""
    if not url or not flags & (COMPLETED | IN_PROGRESS):
        return None
    values = {TAG: tag, FLAGS: str(flags), SOURCE: source, DESTINATION: destination}
    return CallData(dialect=DIALECT, address=url, values={name: text for name, text in values.items() if text})


def wants(data: CallData, bit: int) -> bool:
    """Whether a call's flag has a bit."""
    flags = data.values.get(FLAGS, "")
    return bool(int(flags) & bit) if flags.isdigit() else False
