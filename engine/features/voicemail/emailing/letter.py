"""The mail that says that there is a message."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from zoneinfo import ZoneInfo

from engine.features.voicemail.model import Box, Message
from engine.model.moment import moment

MOST_ATTACHED = 15_000_000
"""Bytes of a recording that is attached; mail servers refuse what is much larger, and base64 adds a third."""
_LONGEST = 80
_SUBTYPES = {"mp3": "mpeg", "wav": "wav"}
_SUBJECTS = {
    "en": "Voicemail from {caller}", "de": "Sprachnachricht von {caller}", "es": "Mensaje de voz de {caller}",
    "fr": "Message vocal de {caller}", "it": "Messaggio vocale da {caller}", "nl": "Voicemail van {caller}",
    "pt": "Mensagem de voz de {caller}", "pl": "Wiadomość głosowa od {caller}", "sv": "Röstmeddelande från {caller}",
}  # fmt: skip
_UNKNOWN = {
    "en": "an unknown caller", "de": "unbekannt", "es": "un número oculto", "fr": "un numéro masqué",
    "it": "un numero privato", "nl": "onbekend", "pt": "um número oculto", "pl": "numer zastrzeżony",
    "sv": "dolt nummer",
}  # fmt: skip


def letter(box: Box, message: Message, sound: bytes | None, *, name: str) -> EmailMessage:
    """Return the mail without From. `name` is what its Message-ID and its file are called: the same in each attempt.

    Nothing that a caller sends begins a line of its own, in the head or in the text.
    """
    language = box.language.partition("-")[0].lower()
    caller = plain(message.caller) or _UNKNOWN.get(language, _UNKNOWN["en"])
    mail = EmailMessage(policy=SMTP)
    mail["To"] = box.email
    mail["Subject"] = _SUBJECTS.get(language, _SUBJECTS["en"]).format(caller=caller)
    mail["Date"] = formatdate(message.received)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    mail["Carillon-Event"] = "voicemail.received"
    fields = [
        ("caller", caller),
        ("called", plain(message.called)),
        ("box", f"{box.number} {plain(box.name)}".strip()),
        ("received", _when(box, message)),
        ("seconds", f"{message.seconds:.0f}"),
        ("id", message.id),
    ]
    if box.attach and sound is None:
        fields.append(("recording", "is not attached: it is too large, or not there any more"))
    mail.set_content("".join(f"{field}: {value}\n" for field, value in fields))
    if sound is not None:
        at = datetime.fromtimestamp(message.received, ZoneInfo(box.timezone)).strftime("%Y%m%d-%H%M%S")
        mail.add_attachment(
            sound,
            maintype="audio",
            subtype=_SUBTYPES[message.format],
            filename=f"voicemail-{box.number}-{at}.{message.format}",
        )
    mail["Message-ID"] = name
    return mail


def _when(box: Box, message: Message) -> str:
    """When it was left, where the box is."""
    if box.timezone == "UTC":
        return moment(message.received)
    here = datetime.fromtimestamp(message.received, ZoneInfo(box.timezone))
    return f"{here.isoformat(timespec='seconds')} ({box.timezone})"


def plain(text: str) -> str:
    """Return what others sent on one line: printable characters alone, and not too many."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line[:_LONGEST]
