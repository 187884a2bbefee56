"""The events of passcodes. Their subject and root is the passcode's id, of `passcode_stopped` the account's. No event
has a code."""

from engine.events.base import Event


class PasscodeSent(Event, frozen=True, kw_only=True, tag="passcode_sent"):
    """A text or a call brings the code: `carrier` is its id. It comes once for each."""

    number: str
    way: str
    carrier: str


class PasscodeDelivered(Event, frozen=True, kw_only=True, tag="passcode_delivered"):
    """A receipt says that the text arrived, or the code was spoken to its end."""

    number: str
    way: str


class PasscodeVerified(Event, frozen=True, kw_only=True, tag="passcode_verified"):
    """The code was answered rightly."""

    number: str


class PasscodeFailed(Event, frozen=True, kw_only=True, tag="passcode_failed"):
    """It cannot be answered any more; `reason` is an engine.features.passcodes.model.Reason."""

    number: str
    reason: str


class PasscodeSendingStopped(Event, frozen=True, kw_only=True, tag="passcode_stopped"):
    """Sending was stopped: of `sent` passcodes of the last hour only `verified` were. `why` is a sentence."""

    sent: int
    verified: int
    why: str
