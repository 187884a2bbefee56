"""Numbers that take texts as the numbers of real networks do."""

import msgspec
from aiosmpplib.state import SmppCommandStatus

_S = SmppCommandStatus


class TextPersona(msgspec.Struct, frozen=True, kw_only=True):
    """How a number takes a text. Times are seconds.

    `status`: the command_status of the answer; with `once`, of every second submit only, beginning with the first.
    `answers_after`: None: never. `receipts`: the words of `stat:`, one receipt each. `cuts`: the link ends instead of
    the answer. `replies`: the text is sent back to its sender.
    """

    number: str
    does: str
    status: int = 0
    once: bool = False
    answers_after: float | None = 0.0
    receipts: tuple[str, ...] = ("DELIVRD",)
    receipts_after: float = 0.0
    receipt_first: bool = False
    error: str = "000"
    cuts: bool = False
    replies: bool = False


DELIVERS = TextPersona(number="12015550140", does="is delivered at once")

PERSONAS = (
    DELIVERS,
    TextPersona(number="12015550141", does="fails (UNDELIV, err:001)", receipts=("UNDELIV",), error="001"),
    TextPersona(number="12015550142", does="is delivered after 3 s", receipts_after=3.0),
    TextPersona(number="12015550143", does="is delivered; the receipt comes before the answer", receipt_first=True),
    TextPersona(number="12015550144", does="is delivered; the receipt comes twice", receipts=("DELIVRD", "DELIVRD")),
    TextPersona(number="12015550145", does="is taken; no receipt comes", receipts=()),
    TextPersona(number="12015550146", does="is delivered; the number sends the same text back", replies=True),
    TextPersona(
        number="12015550147",
        does="is throttled (ESME_RTHROTTLED) at every second submit, from the first on",
        status=_S.ESME_RTHROTTLED,
        once=True,
    ),
    TextPersona(number="12015550148", does="is refused (ESME_RINVDSTADR)", status=_S.ESME_RINVDSTADR),
    TextPersona(
        number="12015550149", does="is taken, but the link is cut before the answer; then it is delivered", cuts=True
    ),
    TextPersona(number="12015550150", does="is answered after 3 s, then delivered", answers_after=3.0),
    TextPersona(number="12015550151", does="is taken and delivered, but never answered", answers_after=None),
    TextPersona(
        number="12015550152",
        does="finds the queue full (ESME_RMSGQFUL) at every second submit, from the first on",
        status=_S.ESME_RMSGQFUL,
        once=True,
    ),
    TextPersona(number="12015550153", does="is not taken: a fault (ESME_RSYSERR)", status=_S.ESME_RSYSERR),
    TextPersona(number="12015550154", does="expires (EXPIRED) after 3 s", receipts=("EXPIRED",), receipts_after=3.0),
    TextPersona(number="12015550155", does="is under way (ENROUTE), then delivered", receipts=("ENROUTE", "DELIVRD")),
    TextPersona(number="12015550156", does="is rejected (REJECTD, err:0A5)", receipts=("REJECTD",), error="0A5"),
)

_BY_NUMBER = {persona.number: persona for persona in PERSONAS}


def persona_of(number: str) -> TextPersona:
    """Return how a number takes texts: any number without a persona is delivered at once."""
    return _BY_NUMBER.get(number, DELIVERS)
