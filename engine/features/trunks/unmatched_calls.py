"""Calls by a trunk that reached no number: kept for the administrator and logged, within bounds.

A scanner behind a trunk's address may send a thousand calls a second. So they are written once a second at most, each
with how often it came; of the different ones at most MOST_WAITING a second are kept, and the newest in the store.
"""

import asyncio
from collections import Counter

import msgspec
import structlog

from engine.store import unmatched_calls as rows
from engine.store.errors import StoreError
from engine.store.unmatched_calls import UnmatchedCall
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
WRITE_SECONDS = 1.0
MOST_WAITING = 100
MOST_LOGGED = 5  # lines a writing
_LONGEST = 64
_Key = tuple[str, str, str, str]


def masked(number: str) -> str:
    """Return a number for a log: of more than 6 characters the first four and the last two are shown."""
    return f"{number[:4]}{'*' * (len(number) - 6)}{number[-2:]}" if len(number) > 6 else number


class UnmatchedCalls:
    """Takes them in `note`; a task of its own writes them down."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: dict[_Key, UnmatchedCall] = {}
        self._counted: Counter[str] = Counter()
        self._left_out = 0
        self._writing: asyncio.Task[None] | None = None
        self._leaving = asyncio.Event()

    def note(self, call: UnmatchedCall) -> None:
        """Take a call."""
        self._counted[call.reason] += 1
        call = msgspec.structs.replace(call, caller=call.caller[:_LONGEST], callee=call.callee[:_LONGEST])
        key = (call.trunk, call.caller, call.callee, call.reason)
        before = self._waiting.pop(key, None)
        if before is None and len(self._waiting) >= MOST_WAITING:
            self._left_out += 1
            return
        self._waiting[key] = msgspec.structs.replace(call, times=before.times + 1) if before else call
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="unmatched calls")

    def count(self, reason: str) -> int:
        """How many there were for this reason since the start."""
        return self._counted[reason]

    async def stop(self) -> None:
        """Write down what waits, and end."""
        self._leaving.set()
        if self._writing:
            await asyncio.wait([self._writing])

    async def _write(self) -> None:
        while self._waiting:
            noted, left_out = list(self._waiting.values()), self._left_out
            self._waiting, self._left_out = {}, 0
            _log(noted, left_out)
            try:
                await self._writer.write(lambda conn, noted=noted: rows.note(conn, noted))  # type: ignore[misc]
            except StoreError as error:
                log.warning("Calls that reached no number could not be kept.", calls=len(noted), error=str(error))
            try:
                async with asyncio.timeout(WRITE_SECONDS):
                    await self._leaving.wait()
            except TimeoutError:
                continue
        self._writing = None


def _log(noted: list[UnmatchedCall], left_out: int) -> None:
    for one in noted[:MOST_LOGGED]:
        log.warning(
            "A call by a trunk reached no number; it was answered 404.",
            trunk=one.trunk,
            caller=masked(one.caller),
            callee=masked(one.callee),
            reason=one.reason,
            times=one.times,
            sip_call_id=one.sip_call_id,
        )
    more = sum(one.times for one in noted[MOST_LOGGED:]) + left_out
    if more:
        log.warning("More calls by trunks reached no number.", calls=more, not_kept=left_out)
