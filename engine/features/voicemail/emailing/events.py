"""What happens to mails of messages."""

from engine.events.base import Event


class VoicemailNotEmailed(Event, frozen=True, kw_only=True, tag="voicemail_not_emailed"):
    """A message's mail was given up: `error` says why. The message is in its box. Its subject is the message's id."""

    box: str
    number: str
    email: str
    error: str
