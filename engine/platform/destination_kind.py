"""One kind of destination: what a feature adds so that numbers, extensions and menus may lead to it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

from engine.calls.directory import Answering
from engine.store.accounts import Account


class DestinationKind(ABC):
    """One kind of destination. A `target` is what a text names; accounts are as the settings in memory have them."""

    name: ClassVar[str]
    """What its texts begin with, e.g. `extension`."""
    alone: ClassVar[bool] = False
    """Whether its name is a destination without a target."""

    @abstractmethod
    def checked(self, account: Account, target: str) -> str:
        """Return a target as it is stored: one that goes on meaning the same. Raises
        engine.features.errors.FeatureError.
        """

    @abstractmethod
    def answering(self, account: Account, target: str, hops: int) -> Answering:
        """What a call does that is led there for the `hops`th time; `target` as it is stored, or as it is written.

        Raises NoDestination.
        """

    def fields(self, account: Account, target: str) -> dict[str, Any]:
        """A stored target as it is shown: `target` as it is written and, where there is more to it, that."""
        return {"target": target}

    def because(self, target: str, reason: str) -> str:
        """A stored target for a call that another party did not take: `reason` is a field of Diversions, e.g. busy."""
        return target

    def leads_on(self, account: Account, target: str) -> Iterable[str]:
        """The destinations that a call is led on to from there without anybody's choice; "" is none."""
        return ()

    def names(self, account: Account, target: str) -> Iterable[str]:
        """The destinations that are written in a stored target, such as those of the tasks of a list."""
        return ()


class DestinationKinds:
    """The kinds that there are, by their names; each feature adds its own."""

    def __init__(self, kinds: Iterable[DestinationKind] = ()) -> None:
        self._by_name: dict[str, DestinationKind] = {}
        for kind in kinds:
            self.add(kind)

    def add(self, kind: DestinationKind) -> None:
        """Add a kind; raises ValueError if there is one of that name."""
        if kind.name in self._by_name:
            raise ValueError(f"two features resolve destinations of the kind {kind.name!r}")
        self._by_name[kind.name] = kind

    def get(self, name: str) -> DestinationKind | None:
        """Return a kind by its name; None where there is none."""
        return self._by_name.get(name)

    @property
    def names(self) -> list[str]:
        """The names of all, sorted."""
        return sorted(self._by_name)
