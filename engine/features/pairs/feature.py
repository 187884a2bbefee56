"""Pairs: two parties are called one after the other and connected (click-to-call)."""

from collections.abc import Callable

import msgspec
from sqlalchemy import Connection

from engine.features.pairs.commands import CancelPair, PlacePair
from engine.features.pairs.events import PairConnected, PairEnded, PairFirstAnswered
from engine.features.pairs.progress import PairProgress
from engine.features.pairs.service import KIND, Check, PairService, Placing
from engine.features.pairs.tables import pairs
from engine.model.money import decimal
from engine.platform.catalogue import Entry, Fields, only
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.platform.scheduler import Timer

AT_ONCE = 100
_PARTIES = ("first", "second")


def _ended(event: PairEnded) -> Fields:
    legs = [msgspec.to_builtins(leg) | {"price": decimal(leg.price)} for leg in event.legs]
    shown = only(*_PARTIES, "result", "reason", "currency")(event)
    return shown | {"seconds": round(event.seconds, 3), "price": decimal(event.price), "legs": legs}


class PairsFeature(Feature):
    """Pairs. `check` refuses numbers; `engine` places the calls, and is asked for when the first one is placed."""

    name = "pairs"
    events = (PairFirstAnswered, PairConnected, PairEnded)
    announces = (
        Entry("pair.first_answered", PairFirstAnswered, only(*_PARTIES)),
        Entry("pair.connected", PairConnected, only(*_PARTIES)),
        Entry("pair.ended", PairEnded, _ended),
    )
    books = (pairs,)

    def __init__(self, platform: Platform, check: Check, engine: Callable[[], Placing]) -> None:
        live: set[str] = set()
        service = self._service = PairService(platform, check, engine, live)
        self.services = (service,)
        self.commands = {PlacePair: service.place, CancelPair: service.cancel}
        self.consumers = (PairProgress(platform.writer, live),)
        self.timers = {KIND: Timer(service.place_due, at_once=AT_ONCE)}

    def leave(self, conn: Connection, account: str) -> None:
        """End its scheduled pairs: nobody places them any more."""
        self._service.end_scheduled(conn, account)

    async def closed(self, account: str) -> None:
        """Follow its pairs no more."""
        self._service.closed(account)

    async def start(self) -> None:
        """Follow the pairs that have not ended."""
        await self._service.start()
