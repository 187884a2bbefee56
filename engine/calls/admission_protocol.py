"""What OutboundCalls asks before it dials a leg; the rules are injected (engine.features.admission)."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import msgspec
from sqlalchemy import Connection

from engine.model.call import Call
from engine.model.leg_options import PLAIN, LegOptions
from engine.model.money import Price
from engine.model.next_on import STANDARD, NextOn

__all__ = ["AHEAD_SECONDS", "Admission", "Admitted", "Bar", "Cover", "Held", "Price", "Route", "Takes", "Uncovered"]
MOST_ATTEMPTS = 6
"""Routes that are dialled for one call, where nothing else is set."""
AHEAD_SECONDS = 180.0
"""A hold covers a call for so much longer than it has lasted, or for the rest of it."""


Bar = Callable[[Connection, Call], str | None]
"""What a feature has against a call (a sentence), in the transaction that stores it; None: nothing."""


class Takes(StrEnum):
    """Which calls a party takes, besides what its phone says."""

    ALL = "all"
    ONE = "one"  # none while it is in a call
    NONE = "none"


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One way to reach a party: Asterisk's dial string, e.g. `PJSIP/trunk-lab/sip:12015550100@…` or `PJSIP/100`.

    `trunk` is None where none carries it: an own extension, or a SIP address. `last_resort`: the trunk takes it only
    because no other one does, so that what it does not know has no trunk at all. `next_on`: which endings let the next
    route be tried. `response_seconds`: within which the carrier must answer the INVITE, be it with 100 Trying (0: at
    any time). `write_caller` returns the caller's number (digits, "" for none) as the trunk is to see it, "" where it
    is not to be shown; None: as it is. `phones` are the endpoints of an extension, all of whose phones ring
    (engine.calls.forking); `endpoint` is the first one's.
    """

    endpoint: str
    phones: tuple[str, ...] = ()
    trunk: str | None = None
    last_resort: bool = False
    next_on: NextOn = STANDARD
    response_seconds: float = 0.0
    write_caller: Callable[[str], str] | None = None


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """A leg that may be dialled: its digits (or SIP address), the routes to try in order, what it may show and last.

    `caller` is what the far party sees (None: anonymous), `wait` the seconds until its turn under the account's pace,
    `max_seconds` the longest the call may last from its answer, `max_attempts` how many routes are dialled at most.
    `cover`: money is to be held for it in the transaction that stores the call; None where nothing has to be.
    `is_recorded`: both its sides are, from its answer on, because an extension that makes or takes it says so.
    """

    digits: str
    routes: tuple[Route, ...]
    caller: str | None
    max_seconds: float
    cover: "Cover | None" = None
    wait: float = 0.0
    max_attempts: int = MOST_ATTEMPTS
    is_recorded: bool = False


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What is held for a leg, in millionths, and how many seconds from its answer that pays for.

    `short`: it is less than was wanted, for the account has no more now.
    """

    amount: int = 0
    seconds: float = 0.0
    short: bool = False


class Uncovered(msgspec.Struct, frozen=True):
    """The account's money does not cover a leg; `why` is a sentence for the customer."""

    why: str


class Cover(Protocol):
    """The money of an account that is kept for one leg. `take` and `grow` are steps of the store's transactions: what
    they return counts once it is committed, and is put into `held` then."""

    held: Held

    def take(self, conn: Connection, at: float) -> Held | Uncovered:
        """Hold what the beginning of the leg costs, or nothing where the account does not have that."""

    def grow(self, conn: Connection, used: float, at: float) -> Held:
        """Hold what a leg that has lasted `used` seconds costs until AHEAD_SECONDS from now, or as much as there is."""

    def price(self, seconds: float) -> Price:
        """What the leg costs by the rate that was its own when it was admitted."""


class Admission(Protocol):
    """Who may call what, how much at once, and what it costs."""

    async def admit(
        self,
        account: str,
        call: str,
        callee: str,
        caller: str | None,
        *,
        max_seconds: float,
        party: str | None = None,
        party_by_trunk: bool = False,
        options: LegOptions = PLAIN,
    ) -> Admitted:
        """Admit one leg, taking its place among the account's calls; raises engine.commands.CommandRefused.

        `party` is the other leg's number where this one connects it, shown where no `caller` is asked for;
        `party_by_trunk`: it is no extension of ours, whatever number it shows.
        """

    def check(self, account: str, callee: str, caller: str | None) -> None:
        """Refuse numbers that may not be used, taking nothing; raises engine.commands.CommandRefused."""

    def barred(self, conn: Connection, call: Call) -> str | None:
        """Why a feature does not let a call be placed now (a sentence); None: nothing speaks against it.

        A step of the transaction that stores the call.
        """

    async def count(self, account: str, call: str) -> None:
        """Take the place of a call that comes in, whatever the limits say; without Redis it is counted later."""

    async def resume(self, account: str, call: str) -> None:
        """Take the place of a call that is up, whatever the limits say; raises EngineUnavailable without Redis."""

    async def cover_of(self, call: Call) -> Cover | None:
        """The money that is held for a call that is up since before a restart; None: its account has no limits."""

    async def release(self, account: str, call: str) -> None:
        """Give the place back; harmless where none is held. Without Redis it is given back later."""

    def price(self, account: str, digits: str, seconds: float) -> Price:
        """What an answered outbound leg of `seconds` costs; 0 where no rate is loaded."""

    def settle(self, conn: Connection, call: Call, cover: Cover | None, at: float) -> None:
        """Charge what a call that ended costs, and hold nothing for it any more; `at` is now (Unix seconds).

        A step of the transaction that stores the call's end.
        """

    def drop(self, conn: Connection, call: str) -> None:
        """Hold nothing for a call that was not placed after all; a step of the transaction that withdraws it."""

    def routes(self, account: str, digits: str, options: LegOptions = PLAIN, *, call: str = "") -> tuple[Route, ...]:
        """The routes of a leg that was admitted before a restart; `call` is its id, by which trunks share calls."""

    def is_extension(self, account: str, number: str) -> bool:
        """Whether a number is an extension of this account."""

    def takes(self, account: str, callee: str, options: LegOptions | None) -> Takes:
        """Which calls the callee of a leg takes: what is set of an extension of the account."""

    def max_attempts(self, account: str) -> int:
        """How many routes are dialled for a call of this account at most."""

    def allow_private(self, account: str) -> bool:
        """Whether this account's announcements may come from private addresses."""
