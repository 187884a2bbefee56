"""The events of threads. Their subject and root is the thread's id; `ours` and `theirs` are its two numbers."""

from engine.events.base import Event


class ThreadOpened(Event, frozen=True, kw_only=True, tag="thread_opened"):
    """A thread was begun: by its first text, or without one."""

    ours: str
    theirs: str


class ThreadRemoved(Event, frozen=True, kw_only=True, tag="thread_removed"):
    """A thread was removed, and its texts are shown no more."""

    ours: str
    theirs: str


class ThreadTextAdded(Event, frozen=True, kw_only=True, tag="thread_text_added"):
    """A text is in a thread: one that came in, or one that a carrier took. `message` is its id."""

    ours: str
    theirs: str
    message: str


class ThreadTextsRead(Event, frozen=True, kw_only=True, tag="thread_texts_read"):
    """Texts that were not read are read now, or the reverse. `messages` are their ids."""

    ours: str
    theirs: str
    messages: tuple[str, ...]
    read: bool


class ThreadTextsHidden(Event, frozen=True, kw_only=True, tag="thread_texts_hidden"):
    """Texts of a thread are shown no more. `messages` are their ids."""

    ours: str
    theirs: str
    messages: tuple[str, ...]


THREAD_EVENTS = (ThreadOpened, ThreadRemoved, ThreadTextAdded, ThreadTextsRead, ThreadTextsHidden)
