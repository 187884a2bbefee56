"""The events that customers hear of: their names, which are ours and do not change, and what each says.

A feature announces its own (`Feature.announces`), the platform those of the call core. docs/api.md has the table.
Nothing else of an event leaves the house: no call data, no account, no digit that is hidden.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from engine.events import Event

Fields = dict[str, Any]
ALL = "*"
"""The pattern of every event."""


class Entry(NamedTuple):
    """One name: the event that it is, its fields beside those of its call, and which of these events it is.

    `subject` is what the event's subject is if there is no call of that id: "call", "conference", "message", ….
    """

    name: str
    kind: type[Event]
    fields: Callable[[Any], Fields]
    applies: Callable[[Any], bool] = lambda event: True
    subject: str = "call"


def only(*names: str) -> Callable[[Any], Fields]:
    """Return the fields of these names as they are in the event."""
    return lambda event: {name: getattr(event, name) for name in names}


class Catalogue:
    """All names, in the order in which they were announced, and the patterns that match them (`call.*`, `*`)."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._by_kind: dict[type[Event], tuple[Entry, ...]] = {}
        self._names: dict[str, None] = {}
        self.add(entries)

    def add(self, entries: Iterable[Entry]) -> None:
        """Announce the events of one feature; raises ValueError for a name that another one has announced."""
        entries = tuple(entries)
        if taken := sorted({entry.name for entry in entries} & self._names.keys()):
            raise ValueError(f"another feature has announced {', '.join(taken)}")
        for entry in entries:
            self._names[entry.name] = None
            self._by_kind[entry.kind] = (*self._by_kind.get(entry.kind, ()), entry)

    @property
    def entries(self) -> Sequence[Entry]:
        """Every entry, those of one kind of event together."""
        return tuple(entry for entries in self._by_kind.values() for entry in entries)

    @property
    def names(self) -> Sequence[str]:
        """Every name once."""
        return tuple(self._names)

    @property
    def patterns(self) -> Sequence[str]:
        """What means all names, or all of one noun."""
        return (ALL, *dict.fromkeys(f"{name.partition('.')[0]}.*" for name in self._names))

    def meant(self, patterns: Iterable[str]) -> frozenset[str]:
        """Return the names that these names and patterns match."""
        patterns = tuple(patterns)
        return frozenset(name for name in self._names if any(_matches(pattern, name) for pattern in patterns))

    def of(self, event: Event) -> list[Entry]:
        """Return what an event is called: nothing for one that customers do not hear of."""
        return [entry for entry in self._by_kind.get(type(event), ()) if entry.applies(event)]


def _matches(pattern: str, name: str) -> bool:
    return pattern in (ALL, name) or (pattern.endswith(".*") and name.startswith(pattern[:-1]))
