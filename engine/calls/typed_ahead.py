"""What a call's party types before a task waits for it."""

from collections import deque
from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from engine.calls.keypad import PressedDigit
from engine.events import DigitPressed
from engine.queues.journal import Journal
from engine.store import events, typed_ahead
from engine.store.typed_ahead import TypedDigit
from engine.tasks.secret import MASK

MOST_KEPT = 64


class TypedAhead:
    """Digits that no task took, in their order: each becomes a DigitPressed, and is kept in the store for a later task.

    What is pressed while the call is in a bridge is for somebody else there: it is not kept, nor shown. What may be for
    a task that hides its digits, because one is queued, is not shown either.
    """

    def __init__(self, journal: Journal, *, in_bridge: Callable[[], bool], confidential: Callable[[], bool]) -> None:
        """`confidential`: whether a task that hides its digits runs or is queued."""
        self._journal, self._in_bridge, self._confidential = journal, in_bridge, confidential
        self._kept: deque[PressedDigit] = deque()

    def restore(self, digits: Iterable[TypedDigit]) -> None:
        """Go on with what an earlier controller kept."""
        self._kept.extend(PressedDigit(one.digit, one.call, event=one.event) for one in digits)

    def note(self, digit: PressedDigit) -> None:
        """No task was there to take this one."""
        if digit.event:  # told and stored already: it was given, and not come to
            self._kept.append(digit)
            return
        bridged = self._in_bridge()
        kept = not bridged and len(self._kept) < MOST_KEPT
        secret = bridged or digit.secret or self._confidential()
        shown = MASK if secret else digit.digit
        event = DigitPressed(**self._journal.common(), digit=shown, kept=kept)  # type: ignore[arg-type]

        def unit(conn: Connection) -> None:
            events.append(conn, event)
            if kept:
                typed_ahead.add(conn, TypedDigit(digit.call, digit.digit, event.id))

        if kept:
            digit.event = event.id
            self._kept.append(digit)
        self._journal.writer.post(unit)

    def give(self) -> list[PressedDigit]:
        """All that is kept, for a task that takes it; what it does not come to is noted again."""
        given = list(self._kept)
        self._kept.clear()
        return given

    def take_over(self, digit: PressedDigit, *, secret: bool) -> None:
        """A task has taken this one."""

        def unit(conn: Connection) -> None:
            typed_ahead.remove(conn, digit.event)
            if secret:  # it may have been told before the task was queued
                events.mask_digit(conn, digit.event, MASK)

        self._journal.writer.post(unit)

    def forget(self) -> None:
        """Drop all that is kept."""
        if self._kept:
            self._kept.clear()
            self._journal.writer.post(self.clear)

    def clear(self, conn: Connection) -> None:
        """Take them out of the store."""
        typed_ahead.clear(conn, self._journal.subject)

    @property
    def empty(self) -> bool:
        """Whether nothing is kept."""
        return not self._kept
