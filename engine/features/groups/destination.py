"""Calls that are led to a ring group."""

from collections.abc import Iterable, Iterator

from engine.calls.directory import Answering, NoDestination
from engine.features.errors import NotThere
from engine.platform.destination_kind import DestinationKind
from engine.platform.settings_cache import SettingsCache
from engine.store.accounts import Account
from engine.tasks.ring import Ring

LONGEST_EXTENSION = 6


class GroupKind(DestinationKind):
    """`group:sales`: its members ring; where none answers, the call goes where the group says."""

    name = "group"

    def __init__(self, cache: SettingsCache) -> None:
        self._cache = cache

    def checked(self, account: Account, target: str) -> str:
        if self._cache.group(account.id, target) is None:
            raise NotThere(f"The account has no ring group {target}; `carillon groups list` shows all.")
        return target

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        group = self._cache.group(account.id, target)
        if group is None:
            raise NoDestination(f"The account has no ring group {target}.")
        ring = Ring(
            members=group.members,
            strategy=group.strategy,
            seconds=group.seconds,
            seconds_each=group.seconds_each,
            otherwise=group.otherwise,
            hops=hops,
        )
        return Answering(account=account.id, tasks=(ring,))

    def leads_on(self, account: Account, target: str) -> Iterable[str]:
        group = self._cache.group(account.id, target)
        return (group.otherwise, *called(group.members)) if group else ()


def called(members: Iterable[str]) -> Iterator[str]:
    """The destinations that the numbers among a group's members are: those of the account may lead to the group."""
    return (f"forward:+{member}" for member in members if len(member) > LONGEST_EXTENSION)
