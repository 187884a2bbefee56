"""What a thread is. Times are Unix seconds."""

from typing import NamedTuple

import msgspec

from engine.features.messaging.model import Message


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """The texts between a number of the account (`ours`) and another one (`theirs`, digits or a name).

    There is one for each pair. `updated` is the time of its last text, or when it was begun without one.
    """

    id: str
    account: str
    ours: str
    theirs: str
    created: float
    updated: float


class ThreadText(NamedTuple):
    """A text of a thread, and whether it was read; what we sent was."""

    message: Message
    read: bool


class ThreadView(NamedTuple):
    """A thread with its last text (None: it has none), and how many texts of it are unread."""

    thread: Thread
    last: ThreadText | None
    unread: int
