"""The events of faxes. Their subject and root is the fax's id."""

from engine.events.base import Event


class FaxSent(Event, frozen=True, kw_only=True, tag="fax_sent"):
    """All pages were confirmed by the other machine."""

    number: str
    own: str
    pages: int
    attempts: int
    call: str


class FaxFailed(Event, frozen=True, kw_only=True, tag="fax_failed"):
    """A fax was given up; of its `pages` the other machine confirmed `confirmed` in the last attempt."""

    number: str
    own: str
    pages: int
    confirmed: int
    attempts: int
    error: str
    detail: str


class FaxAttemptFailed(Event, frozen=True, kw_only=True, tag="fax_attempt_failed"):
    """An attempt failed, and another one is made at `again` (Unix seconds)."""

    number: str
    own: str
    attempt: int
    confirmed: int
    error: str
    detail: str
    call: str
    again: float


class FaxReceived(Event, frozen=True, kw_only=True, tag="fax_received"):
    """A fax came in; `partial`: it ended before its last page. `number` is "" if it was withheld."""

    number: str
    own: str
    pages: int
    partial: bool
    box: str
    call: str


class FaxNotEmailed(Event, frozen=True, kw_only=True, tag="fax_not_emailed"):
    """A fax's mail to one address was given up: `error` says why."""

    email: str
    error: str
