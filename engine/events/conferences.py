"""What happens to a conference and its participants."""

from engine.events.base import Event


class ParticipantJoined(Event, frozen=True, kw_only=True, tag="participant_joined"):
    """The subject (a call) joined `conference`."""

    conference: str
    task: str


class ParticipantLeft(Event, frozen=True, kw_only=True, tag="participant_left"):
    """The subject (a call) left `conference`."""

    conference: str
    task: str


class ParticipantMuted(Event, frozen=True, kw_only=True, tag="participant_muted"):
    """The subject (a call) was muted or unmuted in `conference`."""

    conference: str
    task: str
    muted: bool


class ParticipantHeld(Event, frozen=True, kw_only=True, tag="participant_held"):
    """The subject (a call) was put on hold in `conference` (it is not heard and hears music or silence), or back."""

    conference: str
    task: str
    held: bool


class ConferenceLocked(Event, frozen=True, kw_only=True, tag="conference_locked"):
    """The conference (the subject) was locked, so that only its admins get in, or opened (`locked` False).

    `call` is that of the admin who pressed a key for it; "": it was requested.
    """

    locked: bool
    call: str = ""


class ConferenceMuted(Event, frozen=True, kw_only=True, tag="conference_muted"):
    """All but the admins of the conference (the subject) were muted, those who come later too, or unmuted.

    `call` is that of the admin who pressed a key for it; "": it was requested.
    """

    muted: bool
    call: str = ""


class ConferenceStarted(Event, frozen=True, kw_only=True, tag="conference_started"):
    """The moderator answered; or the first participant made a conference that has a name and no moderator."""


class ConferenceEnded(Event, frozen=True, kw_only=True, tag="conference_ended"):
    """The conference has ended: its last event."""

    reason: str
