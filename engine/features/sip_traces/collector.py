"""Collects the SIP messages of calls, and hands them on to be stored. Calls never wait for it.

A message belongs to a call by its Call-ID. The Call-ID of a call may be known a moment after its INVITE (an inbound
one), so messages wait for it, AWAITED_SECONDS at most; those of no call are dropped then, the oldest first if they are
many. What waits is bounded; what is beyond that is lost, counted, and leaves a gap.
"""

import re
from collections import deque
from collections.abc import Callable

from engine.features.sip_traces.hep import Packet
from engine.features.sip_traces.model import LARGEST_OF_CALL, SipMessage
from engine.features.sip_traces.reading import read

AWAITED_SECONDS = 15.0
"""As long as Asterisk waits for a controller with a new call, and a little longer."""
TOGETHER_SECONDS = 3.0
"""For how long messages of a Call-ID are put together, so that setting up a call is one row."""
LINGER_SECONDS = 40.0
"""For how long a Call-ID is known after the end of its call: a BYE is repeated for 32 s (RFC 3261, timer F)."""
MOST_WAITING = 8_000_000
"""Bytes of messages of calls that wait."""
MOST_AWAITED = 2_000_000
"""Bytes of messages that wait and belong to no call yet."""
MOST_UNMATCHED = 20
"""Calls that reached no number, a second, of which messages are kept: a scanner places a thousand."""
_MILLISECOND = 0.001
_OTHERS = rb"(?:REGISTER|OPTIONS|MESSAGE|SUBSCRIBE|PUBLISH)"
_OTHER = re.compile(_OTHERS + rb" ")
_ANSWER_TO_OTHER = re.compile(rb"SIP/[^\0]*?\n(?i:cseq)[ \t]*:[ \t]*[0-9]+[ \t]+" + _OTHERS + rb"\r?\n")


class Part:
    """Messages of one Call-ID that wait. `owner` is the id of the call, or the Call-ID itself if it reached no number.

    `gap`: messages may be missing before or among them; `left_out` came beyond the limit of a call.
    """

    def __init__(self, sip_call_id: str, since: float, *, gap: bool, lost: int) -> None:
        self.sip_call_id, self.since, self.gap, self.lost = sip_call_id, since, gap, lost
        self.owner = ""
        self.messages: list[SipMessage] = []
        self.size = self.left_out = 0

    @property
    def call(self) -> str:
        """The id of the call; "": it reached no number."""
        return self.owner if self.owner != self.sip_call_id else ""


class Collector:
    """Takes what Asterisk sent (`take`), and what is known of calls (`claim`, `release`). `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._owners: dict[str, str] = {}  # by Call-ID
        self._known: dict[str, set[str]] = {}  # the Call-IDs of an owner
        self._sizes: dict[str, int] = {}  # bytes that were taken of an owner
        self._met: set[str] = set()  # Call-IDs of which messages were taken
        self._ended: deque[tuple[float, str]] = deque()
        self._parts: dict[str, Part] = {}
        self._awaiting: dict[str, Part] = {}  # those that have no owner yet, the oldest first
        self._waiting = self._awaited = 0  # bytes of the two
        self._unmatched: deque[float] = deque(maxlen=MOST_UNMATCHED)
        self.taken = self.lost = 0
        """How many messages of calls were taken; how many were lost because too many came."""

    def claim(self, owner: str, sip_call_id: str) -> None:
        """A leg (its id) has this Call-ID."""
        self._owners[sip_call_id] = owner
        self._known.setdefault(owner, set()).add(sip_call_id)
        part = self._awaiting.pop(sip_call_id, None)
        if part is not None:
            self._awaited -= part.size
            part.owner, self._parts[sip_call_id] = owner, part
            self._met.add(sip_call_id)
            self._count(owner, part.size, len(part.messages))

    def claim_unmatched(self, sip_call_id: str) -> None:
        """A call that reached no number has this Call-ID; it is over."""
        now = self._clock()
        full = len(self._unmatched) == MOST_UNMATCHED and now - self._unmatched[0] < 1.0
        if sip_call_id not in self._owners and not full:
            self._unmatched.append(now)
            self.claim(sip_call_id, sip_call_id)
            self.release(sip_call_id)

    def release(self, owner: str) -> None:
        """A call has ended."""
        if owner in self._known:
            self._ended.append((self._clock() + LINGER_SECONDS, owner))

    def lose(self, messages: int) -> None:
        """Count messages that did not arrive here."""
        self.lost += messages

    def take(self, packet: Packet) -> None:
        """Take a message."""
        owner = self._owners.get(packet.call_id)
        if owner is not None:
            self._take(packet, owner)
        elif not (_OTHER.match(packet.content) or _ANSWER_TO_OTHER.match(packet.content)):
            self._await(packet)

    def due(self, *, at_once: bool = False) -> list[Part]:
        """Take out the parts of calls that have waited long enough, or all; what belongs to no call is dropped then."""
        now = self._clock()
        found = [part for part in self._parts.values() if at_once or now - part.since >= TOGETHER_SECONDS]
        for part in found:
            part.gap = part.gap or part.lost != self.lost
            del self._parts[part.sip_call_id]
            self._waiting -= part.size
        while (oldest := next(iter(self._awaiting.values()), None)) and now - oldest.since >= AWAITED_SECONDS:
            self._abandon(oldest)
        while self._ended and self._ended[0][0] <= now:
            self._forget(self._ended.popleft()[1])
        return found

    def _take(self, packet: Packet, owner: str) -> None:
        size, key = len(packet.content), packet.call_id
        if self._waiting + size > MOST_WAITING:
            self.lost += 1
            return
        part = self._parts.get(key)
        if part is None:
            part = self._parts[key] = self._part(packet)
            part.owner = owner
            self._met.add(key)
        if self._sizes.get(owner, 0) + size > LARGEST_OF_CALL:
            part.left_out += 1
        else:
            _append(part, packet)
            self._count(owner, size, 1)

    def _await(self, packet: Packet) -> None:
        part = self._awaiting.get(packet.call_id)
        if part is None:
            part = self._awaiting[packet.call_id] = self._part(packet)
        _append(part, packet)
        self._awaited += len(packet.content)
        while self._awaited > MOST_AWAITED:
            self._abandon(next(iter(self._awaiting.values())))

    def _part(self, packet: Packet) -> Part:
        gap = packet.call_id not in self._met and not read(packet.content).opens
        return Part(packet.call_id, self._clock(), gap=gap, lost=self.lost)

    def _abandon(self, part: Part) -> None:
        del self._awaiting[part.sip_call_id]
        self._awaited -= part.size

    def _count(self, owner: str, size: int, messages: int) -> None:
        self._sizes[owner] = self._sizes.get(owner, 0) + size
        self._waiting += size
        self.taken += messages

    def _forget(self, owner: str) -> None:
        self._sizes.pop(owner, None)
        for sip_call_id in self._known.pop(owner, ()):
            self._met.discard(sip_call_id)
            if self._owners.get(sip_call_id) == owner:
                del self._owners[sip_call_id]


def _append(part: Part, packet: Packet) -> None:
    """Add a message. Asterisk tells the time of what it received in whole milliseconds, cut off (res_hep_pjsip.c)."""
    before = part.messages[-1].at if part.messages else packet.at
    at = before if packet.at < before < packet.at + _MILLISECOND else packet.at
    part.messages.append(SipMessage(at, packet.source, packet.target, packet.content))
    part.size += len(packet.content)
