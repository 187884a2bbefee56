"""What customers hear of voicemail."""

from engine.features.voicemail.emailing.events import VoicemailNotEmailed
from engine.features.voicemail.events import VoicemailDeleted, VoicemailFailed, VoicemailRead, VoicemailReceived
from engine.platform.catalogue import Entry, Fields, only


def _named(event: VoicemailRead) -> Fields:
    return {"box": event.number, "caller": event.caller}


def _received(event: VoicemailReceived) -> Fields:
    return {"box": event.number} | only("caller", "called", "call", "seconds", "bytes", "format", "origin")(event)


def _deleted(event: VoicemailDeleted) -> Fields:
    return {"box": event.number, "caller": event.caller, "purged": event.purged}


def _failed(event: VoicemailFailed) -> Fields:
    return {"box": event.number} | only("caller", "called", "recording", "reason")(event)


def _not_emailed(event: VoicemailNotEmailed) -> Fields:
    return {"box": event.number} | only("email", "error")(event)


ENTRIES = (
    Entry("voicemail.received", VoicemailReceived, _received, subject="voicemail"),
    Entry("voicemail.read", VoicemailRead, _named, subject="voicemail"),
    Entry("voicemail.deleted", VoicemailDeleted, _deleted, subject="voicemail"),
    Entry("voicemail.failed", VoicemailFailed, _failed),
    Entry("voicemail.not_emailed", VoicemailNotEmailed, _not_emailed, subject="voicemail"),
)
