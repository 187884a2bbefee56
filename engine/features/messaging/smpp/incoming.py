"""Texts that came in by deliver_sm or data_sm."""

from engine.features.messaging.carrier import Incoming
from engine.features.messaging.encoding import text_of_septets, text_of_unicode
from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.settings import SmscSettings

_CODECS = {
    1: "latin-1",  # IA5
    2: "latin-1",  # octets without an alphabet: each is one character, so nothing is lost
    3: "latin-1",
    4: "latin-1",
    5: "shift_jis",
    6: "iso8859-5",
    7: "iso8859-8",
    8: "utf-16-be",
    10: "iso2022_jp",
    14: "euc_kr",
}
"""data_coding below 16 (SMPP 3.4 §5.2.19); the default alphabet is 0, and what is not here."""

_GSM_ALPHABETS = ("gsm7", "latin-1", "utf-16-be", "gsm7")
"""Bits 3 and 2 of a general data coding (TS 23.038 §4): GSM-7, 8-bit data, UCS-2, reserved."""

_Concatenation = tuple[int, int, int]
"""Reference, number, total."""
_WHOLE: _Concatenation = (0, 1, 1)


def incoming_of(message: pdu.Message, settings: SmscSettings) -> Incoming:
    """Return the text, or the part of one, that a message is. Every message has one."""
    reference, number, total = _header(message) or _options(message) or _WHOLE
    return Incoming(
        sender=message.source,
        recipient=message.dest,
        text=text_of(message, settings, part=total > 1),
        reference=reference,
        number=number,
        total=total,
    )


def text_of(message: pdu.Message, settings: SmscSettings, *, part: bool = False) -> str:
    """Return the message's text, without its user data header; of a `part` it may begin or end with half a pair."""
    content = message.content[_header_octets(message) :]
    alphabet = _alphabet(message.coding, settings.alphabet)
    if alphabet == "gsm7":
        return text_of_septets(content)
    if alphabet == "utf-16-be":
        return text_of_unicode(content, part=part)
    return content.decode(alphabet, "replace")


def receipt_text_of(message: pdu.Message) -> str:
    """Return a receipt's text: ASCII, though data_coding says GSM-7, which has § where ASCII has the _ of an id."""
    content = message.content[_header_octets(message) :]
    if _alphabet(message.coding, "gsm7") == "utf-16-be":
        return text_of_unicode(content)
    return content.decode("latin-1").replace("\x11", "_")  # GSM-7's own


def _alphabet(coding: int, default: str) -> str:
    """Return the alphabet of a data_coding: SMPP's values below 16, those of TS 23.038 §4 (classes, MWI) above."""
    default = "latin-1" if default == "latin1" else default
    if coding < 0x10:
        return _CODECS.get(coding, default)
    if coding < 0x80:
        found = _GSM_ALPHABETS[(coding >> 2) & 3]
    elif coding >= 0xF0:
        found = "latin-1" if coding & 4 else "gsm7"
    else:
        found = "utf-16-be" if 0xE0 <= coding < 0xF0 else "gsm7"
    return default if found == "gsm7" else found


def _header_octets(message: pdu.Message) -> int:
    """Return how many octets the user data header has; 0 if there is none, or if it is longer than the content."""
    if not message.esm_class & pdu.WITH_HEADER or not message.content:
        return 0
    length = message.content[0] + 1
    return length if length <= len(message.content) else 0


def _header(message: pdu.Message) -> _Concatenation | None:
    """Return the concatenation that the user data header says, by 8 or by 16 bits; other elements are passed by."""
    content, end, at = message.content, _header_octets(message), 1
    while at + 2 <= end:
        element, length = content[at], content[at + 1]
        value = content[at + 2 : at + 2 + length]
        if at + 2 + length > end:
            return None
        if (element, length) in ((0x00, 3), (0x08, 4)):
            return _checked(int.from_bytes(value[:-2]), value[-1], value[-2])
        at += 2 + length
    return None


def _options(message: pdu.Message) -> _Concatenation | None:
    reference, number, total = (
        pdu.number_of(message.options.get(tag)) for tag in (pdu.SAR_REFERENCE, pdu.SAR_NUMBER, pdu.SAR_TOTAL)
    )
    return _checked(reference & 0xFFFF, number, total)


def _checked(reference: int, number: int, total: int) -> _Concatenation | None:
    """A part's number that cannot be is ignored, and the text is whole (TS 23.040 §9.2.3.24.1)."""
    return (reference, number, total) if 1 <= number <= total <= 255 and total > 1 else None
