"""Which digits were pressed, and who took them."""

from engine.events.base import Event


class DigitPressed(Event, frozen=True, kw_only=True, tag="digit_pressed"):
    """The subject's party pressed a digit, and no task took it.

    `kept`: it is kept for a later task with `typed_ahead`. `digit` is masked (engine.tasks.secret.MASK) if it may be
    for a task that hides its digits, or for the connected party.
    """

    digit: str
    kept: bool


class DigitReceived(Event, frozen=True, kw_only=True, tag="digit_received"):
    """A digit reached a task that listens. `accepted` is False for a digit that the task does not accept.

    `digit` is masked (engine.tasks.secret.MASK) if a task that hides its digits took it.
    """

    task: str
    kind: str
    digit: str
    accepted: bool
    call: str


class DigitsCollected(Event, frozen=True, kw_only=True, tag="digits_collected"):
    """The subject (a call, `call` too) pressed digits in a conference that collects them.

    `how`: "sequence" (as many as were asked for, or the terminator), "timeout" (silence after the last) or "left" (the
    call left the conference in the middle of a sequence).
    """

    conference: str
    task: str
    call: str
    digits: str
    how: str
