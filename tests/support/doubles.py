"""Doubles that behave, for what is injected into the engine: admission, directory, prompts; and a watched writer."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine.calls.admission_protocol import Admitted, Bar, Cover, Price, Route, Takes
from engine.calls.called import HEADERS, Called
from engine.calls.directory import Answering, NoDestination, Unmatched, UnmatchedReason
from engine.calls.verstat import VerstatPlaces
from engine.commands import CommandRefused, EngineUnavailable, NumberRefused
from engine.media.errors import AudioNotFound, PromptError
from engine.media.prompts import Prompt, SourceOf
from engine.model.call import Call
from engine.model.cause import HangupCause
from engine.model.destination import MOST_HOPS, TASK_LIST
from engine.model.leg_options import PLAIN, LegOptions
from engine.platform import ledger
from engine.store.batch import Result, Unit
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer
from engine.tasks.kinds import decode_list
from tests.support.clock import VirtualLoop


class ScriptedAdmission:
    """Admits every number but `refused`, by `routes_of` a number or the one trunk; `places` holds who is admitted.

    `refusals` are other errors, by number. Legs to `recorded` are recorded.
    """

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.recorded: set[str] = set()
        self.refusals: dict[str, CommandRefused] = {}
        self.routes_of: dict[str, tuple[Route, ...]] = {}
        self.places: set[str] = set()
        self.wait = 0.0
        self.max_seconds: float | None = None
        self.per_second = 1000
        self.unavailable = False
        self.attempts = 6
        self.taken: dict[str, Takes] = {}
        self.bar: Bar = lambda conn, call: None

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
        if error := self.refusals.get(callee):
            raise error
        self.check(account, callee, caller)
        await self.resume(account, call)
        longest = max_seconds if self.max_seconds is None else min(max_seconds, self.max_seconds)
        return Admitted(
            digits=callee,
            routes=self.routes(account, callee, options),
            caller=caller or party,
            max_seconds=longest,
            wait=self.wait,
            max_attempts=self.attempts,
            is_recorded=callee in self.recorded,
        )

    def is_extension(self, account: str, number: str) -> bool:
        return all(route.trunk is None for route in self.routes(account, number))

    def takes(self, account: str, callee: str, options: LegOptions | None) -> Takes:
        return self.taken.get(callee, Takes.ALL)

    def max_attempts(self, account: str) -> int:
        return self.attempts

    def check(self, account: str, callee: str, caller: str | None) -> None:
        if callee in self.refused:
            raise NumberRefused("This account may not call that number.")

    async def count(self, account: str, call: str) -> None:
        self.places.add(call)

    async def resume(self, account: str, call: str) -> None:
        if self.unavailable:
            raise EngineUnavailable("The counters cannot be reached now. Try again.")
        self.places.add(call)

    async def cover_of(self, call: Call) -> None:
        return None

    async def release(self, account: str, call: str) -> None:
        self.places.discard(call)

    def price(self, account: str, digits: str, seconds: float) -> Price:
        return Price(amount=round(seconds * self.per_second), currency="USD")

    def barred(self, conn: Connection, call: Call) -> str | None:
        """Whether a test has something against the call."""
        return self.bar(conn, call)

    def settle(self, conn: Connection, call: Call, cover: Cover | None, at: float) -> None:
        if call.price:
            ledger.charge(conn, call.account, ledger.for_call(call.id), call.price, at=at)

    def drop(self, conn: Connection, call: str) -> None:
        pass

    def routes(self, account: str, digits: str, options: LegOptions = PLAIN, *, call: str = "") -> tuple[Route, ...]:
        if options.reach == "sip":
            return (Route(endpoint=f"PJSIP/carillon-sip/sip:{digits}"),)
        return self.routes_of.get(digits, (Route(endpoint=f"PJSIP/{digits}@trunk-lab", trunk="lab"),))

    def allow_private(self, account: str) -> bool:
        return True


class ScriptedDirectory:
    """What answers which number; nobody has any other. An Exception as an answer is raised."""

    def __init__(self) -> None:
        self.numbers: dict[str, Answering | Exception] = {}
        self.by_header: dict[str, Answering] = {}
        self.extensions: dict[str, Answering | Exception] = {}
        self.destinations: dict[str, Answering | Exception] = {}
        self.led: list[tuple[str, int]] = []
        self.delay = 0.0
        self.places = VerstatPlaces()

    def verstat_places(self, trunk: str) -> VerstatPlaces:
        return self.places

    async def from_trunk(self, called: Called, trunk: str) -> Answering | Unmatched:
        await asyncio.sleep(self.delay)
        found = self._found(self.numbers.get(called.user)) or self.by_header.get(
            next(iter((called.headers or {}).values()), "")
        )
        more = HEADERS if self.by_header and called.headers is None else ()
        return found or Unmatched(reason=UnmatchedReason.NO_NUMBER, look_further=more)

    async def from_extension(self, dialled: str, sip_user: str) -> Answering | None:
        return self._found(self.extensions.get(dialled))

    async def lead(self, account: str, destination: str, *, hops: int) -> Answering:
        self.led.append((destination, hops))
        if hops > MOST_HOPS:
            raise NoDestination("Too often.", HangupCause.LOOP, "loop")
        kind, _, target = destination.partition(":")
        if kind == TASK_LIST:
            return Answering(account=account, tasks=tuple(decode_list(target)))
        if (found := self._found(self.destinations.get(destination))) is None:
            raise NoDestination(f"There is no {destination}.")
        return found

    def _found(self, answering: Answering | Exception | None) -> Answering | None:
        if isinstance(answering, Exception):
            raise answering
        return answering


class ScriptedPrompts:
    """Every source and text is a prompt at once, but for `errors` and those that take `delays` seconds."""

    def __init__(self) -> None:
        self.errors: dict[str, Exception] = {"http://host/missing.wav": AudioNotFound("404")}
        self.delays: dict[str, float] = {}
        self.remarks: dict[str, tuple[str, ...]] = {}
        self.asked: list[str] = []
        self.unready: dict[str, asyncio.Event] = {}
        self.sources: dict[str, SourceOf] = {}

    async def prepare(self, source: str, *, allow_private: bool = False) -> Prompt:
        return await self._made(source)

    async def say(
        self, text: str, *, locale: str = "", voice: str = "", ssml: bool = False, length_factor: float = 1.0
    ) -> Prompt:
        return await self._made(text)

    async def uploaded(self, file: str, digest: str) -> Prompt:
        return await self._made(file)

    async def _made(self, source: str) -> Prompt:
        self.asked.append(source)
        await asyncio.sleep(self.delays.get(source, 0.0))
        if gate := self.unready.get(source):
            await gate.wait()
        if error := self.errors.get(source):
            raise error.again() if isinstance(error, PromptError) else error
        return Prompt(path=f"/prompts/{Path(source).stem}", seconds=2.0, remarks=self.remarks.get(source, ()))


class WatchedWriter(Writer):
    """The real writer, as without load: units go at once. The virtual clock stands still while its thread has work."""

    write_seconds = post_seconds = 0.0

    def _submit(self, unit: Unit, future: "asyncio.Future[Any] | None", *, hurry: bool) -> None:
        super()._submit(unit, future, hurry=hurry)
        _count(1)

    async def stop(self) -> None:
        _count(1)
        try:
            await super().stop()
        finally:
            _count(-1)

    def _settle(self, entries: list[Any], results: Sequence[Result], events: list[StoredEvent]) -> None:
        _count(-len(entries))
        super()._settle(entries, results, events)


def _count(change: int) -> None:
    loop = asyncio.get_running_loop()
    if isinstance(loop, VirtualLoop):
        loop.busy(change)


def watched_writer(database: Database, application: str, on_events: Callable[[list[StoredEvent]], None]) -> Writer:
    return WatchedWriter(database, application, on_events)
