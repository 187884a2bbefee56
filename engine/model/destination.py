"""What a number, an extension or a menu leads to, as a value: its kind and what it names."""

import re

import msgspec

_KIND = re.compile(r"[a-z][a-z_]{0,31}", re.ASCII)
LONGEST = 65_536  # characters of a destination; a list of tasks is the longest one
TASK_LIST = "tasks"
"""The kind whose target is a list of tasks as JSON (engine.tasks.kinds.encode_list)."""
MOST_HOPS = 5
"""How often a call is led on, from one destination to the next, before it is ended."""


class Destination(msgspec.Struct, frozen=True):
    """A kind such as `extension`, and the one that is meant, such as `101`; written as `extension:101`.

    The kinds are those that engine.features.destinations knows: each has a resolver, which says what a target is.
    """

    kind: str
    target: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}" if self.target else self.kind

    @property
    def noted(self) -> str:
        """As the audit keeps it: a target that is more than a name, such as a list of tasks, may hold secrets."""
        return self.kind if self.target.startswith("[") else str(self)

    @classmethod
    def read(cls, text: str) -> "Destination":
        """Read `kind:target`, or a kind alone; raises ValueError with a sentence."""
        kind, _, target = text.strip().partition(":")
        if not _KIND.fullmatch(kind) or len(text) > LONGEST:
            shown = text[:64]
            raise ValueError(f"A destination must be a kind and what it names, such as extension:101 (got {shown!r}).")
        return cls(kind, target.strip())


class Diversions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a call goes that its party does not take; each is written as Destination is, "" for nowhere.

    `no_answer`: it rang until its time was over, or says that nobody is there (480). `busy`: it is, or it declined.
    `unregistered`: no phone is registered, or the one that is does not reply.
    """

    no_answer: str = ""
    busy: str = ""
    unregistered: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for a text that is not a destination."""
        for text in (self.no_answer, self.busy, self.unregistered):
            if text:
                Destination.read(text)
