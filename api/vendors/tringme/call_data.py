"""What TringMe stores with calls, to find it again in their events, and the bits that say what is notified."""

from api.vendors.tringme.ids import DIALECT
from engine.model.call_data import CallData

TAG, FLAGS, SOURCE, DESTINATION, PAIR = "tag", "flags", "src", "dest", "pair"
COMPLETED, IN_PROGRESS, PRIVATE = 1, 2, 16
"""The bits of a call's flag: its end and its DTMF are notified; its progress is; no party sees the other's number."""
KNOWN = COMPLETED | IN_PROGRESS | PRIVATE


def notified(url: str, *, tag: str, flags: int, source: str, destination: str, pair: bool = False) -> CallData | None:
    """Return the data of a call that a URL ("": none) is notified of; None where nothing is to be notified.

    `pair`: it is the first one of a pair, whose own events are notified in place of the call's.
    """
    if not url or not flags & (COMPLETED | IN_PROGRESS):
        return None
    values = {TAG: tag, FLAGS: str(flags), SOURCE: source, DESTINATION: destination, PAIR: "1" if pair else ""}
    return CallData(dialect=DIALECT, address=url, values={name: text for name, text in values.items() if text})


def wants(data: CallData, bit: int) -> bool:
    """Whether a call's flag has a bit."""
    flags = data.values.get(FLAGS, "")
    return bool(int(flags) & bit) if flags.isdigit() else False
