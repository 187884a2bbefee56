"""SIP requests that Asterisk refuses before they are calls, read from its log: ARI has no event for them.

They are counted by what was wrong, with the last one of each kind; nothing is kept past this process. An OPTIONS, by
which many only look whether somebody is there, is not counted. The file is Asterisk's own
(asterisk-config/engine/logger.conf). It is cut to nothing when it has become long: Asterisk appends.
"""

import asyncio
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import structlog

log = structlog.get_logger(__name__)
LOOK_SECONDS = 2.0
LONGEST = 4_000_000  # bytes of the file
SOURCES = 20
MOST_READ = 1_000_000  # bytes at a time; of more only the end is read
_SOURCE = r"(?P<source>[0-9a-fA-F:.\[\]]+)"
_REQUEST = rf"Request '(?P<detail>(?!OPTIONS)[A-Z]+)' from .* failed for '{_SOURCE}' \(callid: .*\) - "
KINDS = {
    # res_pjsip/pjsip_distributor.c, log_failed_request
    "unknown": re.compile(_REQUEST + "No matching endpoint found"),
    "password": re.compile(_REQUEST + "Failed to authenticate"),
    # res_pjsip_registrar.c, find_registrar_aor
    "phone_at_trunk": re.compile(rf"AOR '.*' not found for endpoint 'trunk-(?P<detail>[a-z0-9-]+)' \({_SOURCE}\)"),
    # pjproject sip_transport.c, of what its parser does not take: a byte above 0x7F in a user part, say
    "malformed": re.compile(rf"Dropping [0-9]+ bytes packet from \S+ {_SOURCE} : .* when parsing '(?P<detail>[^']+)'"),
    # res_pjsip_session.c, new_invite
    "extension": re.compile(rf"Call \(\S+?:{_SOURCE}\) to extension '(?P<detail>.*)' rejected because extension not"),
    # asterisk-config/engine/extensions.conf
    "call_id": re.compile(rf"A call from {_SOURCE} is refused with 400: its (?P<detail>Call-ID) is not ASCII"),
}


class RefusedKind(msgspec.Struct, frozen=True, kw_only=True):
    """How many requests of a kind (of KINDS) were refused, and the last of them: when (Unix seconds), from where.

    `detail` is the method, the trunk, the header or the extension. `addresses` are the last SOURCES different ones, the
    newest first.
    """

    kind: str
    count: int
    at: float
    source: str
    detail: str
    addresses: tuple[str, ...] = ()


class RefusedRequests:
    """Reads the log from start() to stop(). A log that is not there has no line."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock
        self._seen: dict[str, RefusedKind] = {}
        self._offset: int | None = None
        self._task: asyncio.Task[None] | None = None

    def seen(self) -> Sequence[RefusedKind]:
        """Return what was seen since the start, a kind each, the latest first."""
        return sorted(self._seen.values(), key=lambda one: -one.at)

    def count(self, kind: str) -> int:
        """How many of a kind there were since the start."""
        return self._seen[kind].count if kind in self._seen else 0

    async def start(self) -> None:
        """Begin; what is in the log already was seen by an earlier process."""
        await self.look()
        self._task = asyncio.create_task(self._run(), name="refused requests")

    async def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def look(self) -> None:
        """Read what is new."""
        try:
            lines = await asyncio.to_thread(self._new_lines)
        except OSError as error:
            log.warning("Asterisk's log of refused requests cannot be read.", path=str(self._path), error=str(error))
            return
        for line in lines:
            self._note(line)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    def _new_lines(self) -> list[str]:
        try:
            size = self._path.stat().st_size
        except FileNotFoundError:
            self._offset = 0
            return []
        if self._offset is None:
            self._offset = size
        begin = self._offset if size >= self._offset else 0
        begin = max(begin, size - MOST_READ)
        with self._path.open("rb") as file:
            file.seek(begin)
            data = file.read(size - begin)
        whole = data.rfind(b"\n") + 1
        self._offset = begin + whole
        if size > LONGEST:
            os.truncate(self._path, 0)
            self._offset = 0
        return data[:whole].decode(errors="replace").splitlines()

    def _note(self, line: str) -> None:
        for kind, pattern in KINDS.items():
            if found := pattern.search(line):
                before, source = self._seen.get(kind), found["source"]
                address = address_of(source)
                others = [one for one in before.addresses if one != address] if before else []
                self._seen[kind] = RefusedKind(
                    kind=kind,
                    count=before.count + 1 if before else 1,
                    at=self._clock(),
                    source=source,
                    detail=found["detail"][:64],
                    addresses=(address, *others)[:SOURCES],
                )
                return


def address_of(source: str) -> str:
    """Return the address of `address:port`."""
    return source.rpartition(":")[0].strip("[]") or source
