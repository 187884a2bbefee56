"""The events of voicemail. Their subject and root is the message's id, of VoicemailCounted the box's.

Of VoicemailFailed the subject is the call.
"""

from engine.events.base import Event


class VoicemailReceived(Event, frozen=True, kw_only=True, tag="voicemail_received"):
    """A message is in a box (`box` is its id, `number` its number): a caller left it, or it was forwarded (`origin`).

    `caller` is "" if it was withheld.
    """

    box: str
    number: str
    caller: str
    called: str
    call: str
    seconds: float
    bytes: int
    format: str
    origin: str = ""


class VoicemailRead(Event, frozen=True, kw_only=True, tag="voicemail_read"):
    """A message was listened to for the first time, or marked as read."""

    box: str
    number: str
    caller: str


class VoicemailDeleted(Event, frozen=True, kw_only=True, tag="voicemail_deleted"):
    """A message was put into the trash, or removed for good (`purged`)."""

    box: str
    number: str
    caller: str
    purged: bool = False


class VoicemailFailed(Event, frozen=True, kw_only=True, tag="voicemail_failed"):
    """What a caller said for a box did not become a message, because of its recording. The subject is the call.

    `reason` is "damaged" (the file is not a WAV that can be read) or "missing" (it is not there).
    """

    box: str
    number: str
    caller: str
    called: str
    recording: str
    reason: str


class VoicemailCounted(Event, frozen=True, kw_only=True, tag="voicemail_counted"):
    """How many messages a box has may have changed: its counts are now these (see model.Counts).

    What shows them (MWI) asks the service for the newest ones: several of these events may follow one another.
    """

    number: str
    extension: str
    new: int
    old: int
    user: str = ""
