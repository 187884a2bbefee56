"""What pairs are: plain types. Times are Unix seconds, money is millionths of the account's currency."""

from enum import StrEnum

import msgspec

from engine.events.calls import EndedLeg
from engine.model.call_data import CallData
from engine.tasks.play import Play
from engine.tasks.say import Say

RINGING_TONE = "us"
"""The ringing tone that the first party hears while the second one is called, if nothing else is said."""


class State(StrEnum):
    """Where a pair stands. It never goes back.

    `calling`: the first party is called; `first_answered`: it answered, and the second one is called; `connected`: the
    two are.
    """

    SCHEDULED = "scheduled"
    CALLING = "calling"
    FIRST_ANSWERED = "first_answered"
    CONNECTED = "connected"
    ENDED = "ended"

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return list(State).index(self)


class Result(StrEnum):
    """How a pair ended.

    `first_no_answer`, `first_busy`, `first_failed`: the first party was not reached, and the second one not called.
    `second_no_answer`, `second_busy`, `second_congested` (no free line), `second_failed` (the network, the number, a
    refusal, or the phone declined): the second one was not reached. `abandoned`: the first party hung up before the
    second one answered. `cancelled`: who placed it took it back before that. `refused`: it was scheduled, and could not
    be placed at its time. `completed`: the two were connected, whoever ended it.
    """

    FIRST_NO_ANSWER = "first_no_answer"
    FIRST_BUSY = "first_busy"
    FIRST_FAILED = "first_failed"
    SECOND_NO_ANSWER = "second_no_answer"
    SECOND_BUSY = "second_busy"
    SECOND_CONGESTED = "second_congested"
    SECOND_FAILED = "second_failed"
    ABANDONED = "abandoned"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    COMPLETED = "completed"


class WantedPair(msgspec.Struct, frozen=True, kw_only=True):
    """Two parties to connect: `first` is called, and `second` when it has answered. Each is digits or an own extension.

    `caller` is the number that the first one sees; None: the account's default. The second one sees `second_caller`;
    None: the number of the first one, or with `private` what the first one sees.
    `greeting` plays to the first party while the second one is called, behind it the ringing tone of `ringback` (a zone
    of Asterisk's indications.conf) or `music` (a class of music on hold). The two are connected when it has ended.
    `ring_seconds` is for each of the two; None: as the settings say. `max_seconds` counts from the connection.
    `data` is stored with the first party's call, and comes back in the pair's events.
    """

    first: str
    second: str
    caller: str | None = None
    second_caller: str | None = None
    private: bool = False
    greeting: tuple[Play | Say, ...] = ()
    ringback: str = RINGING_TONE
    music: str = ""
    ring_seconds: float | None = None
    max_seconds: float | None = None
    data: CallData | None = None
    application: str | None = None


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair as last committed.

    `id` is that of the first party's call, which is the root of its call tree; there is no call before it is placed.
    `at`: the time that it is scheduled for; None: it was placed at once. `cancelled`: when its end was asked for.
    `legs`, `price` (of all legs) and `reason` (a sentence, for `refused`) are known at the end.
    """

    id: str
    account: str
    first: str
    second: str
    state: State
    created: float
    at: float | None = None
    first_answered: float | None = None
    connected: float | None = None
    cancelled: float | None = None
    ended: float | None = None
    result: Result | None = None
    reason: str = ""
    legs: tuple[EndedLeg, ...] = ()
    price: int = 0
    currency: str = "USD"

    @property
    def seconds(self) -> float:
        """For how long the two were connected, at the end; 0 if they were not."""
        return self.ended - self.connected if self.ended and self.connected else 0.0
