"""Families of structures that are stored as JSON under a tag: each kind is known as soon as its class is defined.

So a feature adds an event or a command by defining it, and no list of them is edited.
"""

from collections.abc import Callable, Mapping
from threading import Lock
from types import MappingProxyType
from typing import Any, Generic, TypeVar, Union

import msgspec
from msgspec import StructMeta

T = TypeVar("T")


class Kinds(Generic[T]):
    """The kinds of a family by their tags, and how one is read. `dec_hook` is msgspec's."""

    def __init__(self, dec_hook: Callable[[type, Any], Any] | None = None) -> None:
        self._dec_hook = dec_hook
        self._by_tag: dict[str, type[T]] = {}
        self._lock = Lock()  # stored events are read in threads, also while a module is imported
        self.decode: Callable[[str | bytes], T] = self._build_and_decode
        """Reads one of any kind; raises msgspec.DecodeError."""

    def add(self, kind: type[T]) -> None:
        """Make a kind known; raises TypeError for one whose tag another one has."""
        tag = str(kind.__struct_config__.tag)  # type: ignore[attr-defined]
        with self._lock:
            other = self._by_tag.setdefault(tag, kind)
            if other is not kind:
                raise TypeError(f"{_name(kind)} and {_name(other)} have the same tag, {tag!r}")
            self.decode = self._build_and_decode

    @property
    def by_tag(self) -> Mapping[str, type[T]]:
        """All that are defined so far."""
        return MappingProxyType(self._by_tag)

    def _build_and_decode(self, text: str | bytes) -> T:
        with self._lock:
            union: Any = Union[tuple(self._by_tag.values())]  # noqa: UP007  # it has no fixed members
            decoder = msgspec.json.Decoder[Any](union, dec_hook=self._dec_hook)
            self.decode = decoder.decode
        return decoder.decode(text)  # type: ignore[no-any-return]


class Tagged(StructMeta):
    """The type of a family's base, which has the family's `kinds`, and of every kind of it."""

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> None:
        super().__init__(name, bases, namespace)
        if any(isinstance(base, Tagged) for base in bases):
            kinds: Kinds[Any] = cls.kinds  # type: ignore[attr-defined]
            kinds.add(cls)


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
