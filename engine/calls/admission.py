"""What the one door out asks before a leg is dialled; the rules themselves are injected (engine.features.admission)."""

from typing import Protocol

import msgspec

from engine.tasks.manner import PLAIN, Manner


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One way to reach a party: Asterisk's dial string, e.g. `PJSIP/12015550100@trunk-lab` or `PJSIP/100`.

    `trunk` is None where none carries it: an own extension, or a SIP address. `last_resort`: the trunk takes it only
    because no other one does, so that what it does not know has no trunk at all.
    """

    endpoint: str
    trunk: str | None = None
    last_resort: bool = False


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """A leg that may be dialled: its digits (or SIP address), the routes to try in order, what it may show and last.

    `caller` is what the far party sees (None: anonymous), `wait` the seconds until its turn under the account's pace,
    `max_seconds` the longest the call may last from its answer (`short_of_credit`: because the money lasts no longer).
    """

    digits: str
    routes: tuple[Route, ...]
    caller: str | None
    max_seconds: float
    short_of_credit: bool = False
    wait: float = 0.0


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What a leg cost: millionths of `currency`."""

    amount: int
    currency: str


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
        manner: Manner = PLAIN,
    ) -> Admitted:
        """Admit one leg, taking its place among the account's calls; raises engine.commands.CommandRefused.

        `party` is the other leg's number where this one connects it, shown where no `caller` is asked for.
        """

    def check(self, account: str, callee: str, caller: str | None) -> None:
        """Refuse numbers that may not be used, taking nothing; raises engine.commands.CommandRefused."""

    async def count(self, account: str, call: str) -> None:
        """Take the place of a call that comes in, whatever the limits say; without Redis it is counted later."""

    async def resume(self, account: str, call: str) -> None:
        """Take the place of a call that is up, whatever the limits say; raises EngineUnavailable without Redis."""

    async def release(self, account: str, call: str) -> None:
        """Give the place back; harmless where none is held. Without Redis it is given back later."""

    def price(self, account: str, digits: str, seconds: float) -> Price:
        """What an answered outbound leg of `seconds` costs; 0 where no rate is loaded."""

    def routes(self, account: str, digits: str, manner: Manner = PLAIN) -> tuple[Route, ...]:
        """The routes of a leg that was admitted before a restart."""

    def allow_private(self, account: str) -> bool:
        """Whether this account's announcements may come from private addresses."""
