"""Identifiers: prefixed, unguessable, and sortable by the moment they were made."""

import secrets
import time


def new_id(prefix: str) -> str:
    """Return `<prefix>-<48-bit milliseconds><64 random bits>` in hex, e.g. `call-0199aa…`.

    Letters, digits and one hyphen only: safe as an ARI id, a file name and a URL segment.
    """
    return f"{prefix}-{time.time_ns() // 1_000_000:012x}{secrets.token_hex(8)}"
