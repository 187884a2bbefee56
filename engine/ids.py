"""Identifiers: prefixed, unguessable, and sortable by the order in which a process made them."""

import secrets
import threading
import time

_TAIL_BITS, _STEP_BITS = 64, 48
_lock = threading.Lock()
_last = (0, 0)
"""The milliseconds and the random bits of the last one."""


def new_id(prefix: str) -> str:
    """Return `<prefix>-<48-bit milliseconds><64 random bits>` in hex, e.g. `call-0199aa…`.

    Each is greater than those that this process made before: within a millisecond the random bits grow by a random
    step (as RFC 9562 section 6.2 has it for UUIDs of version 7), so what is stored in one moment keeps its order.
    Letters, digits and one hyphen only: safe as an ARI id, a file name and a URL segment.
    """
    global _last
    now = time.time_ns() // 1_000_000
    with _lock:
        milliseconds, tail = _last
        tail += 1 + secrets.randbits(_STEP_BITS)
        if now > milliseconds or tail >> _TAIL_BITS:
            milliseconds, tail = max(now, milliseconds + 1), secrets.randbits(_TAIL_BITS - 1)
        _last = (milliseconds, tail)
    return f"{prefix}-{milliseconds:012x}{tail:016x}"
