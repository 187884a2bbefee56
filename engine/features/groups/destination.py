"""Calls that are led to a ring group."""

from collections.abc import Iterable, Iterator

from engine.calls.directory import Answering, NoDestination
from engine.features.errors import NotThere
from engine.model.cause import HangupCause
from engine.platform.destination_kind import DestinationKind
from engine.platform.settings_cache import SettingsCache
from engine.store.accounts import Account
from engine.tasks.go_to import GoTo
from engine.tasks.hang_up import HangUp
from engine.tasks.kinds import AnyTask
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
        members = tuple(member for member in group.members if not self._forwards(account, member))
        if not members:
            return Answering(account=account.id, tasks=(_unanswered(group.otherwise, hops),))
        ring = Ring(
            members=members,
            strategy=group.strategy,
            seconds=group.seconds,
            seconds_each=group.seconds_each,
            otherwise=group.otherwise,
            hops=hops,
        )
        return Answering(account=account.id, tasks=(ring,))

    def _forwards(self, account: Account, member: str) -> bool:
        """Whether a member is an extension that forwards every call: its phone does not ring, and a colleague's
        forwarding does not answer for all."""
        extension = self._cache.extension(account.id, member)
        return bool(extension and extension.always)

    def leads_on(self, account: Account, target: str) -> Iterable[str]:
        group = self._cache.group(account.id, target)
        return (group.otherwise, *called(group.members)) if group else ()


def _unanswered(otherwise: str, hops: int) -> AnyTask:
    if otherwise:
        return GoTo(destination=otherwise, hops=hops)
    return HangUp(cause=HangupCause.UNAVAILABLE)


def called(members: Iterable[str]) -> Iterator[str]:
    """The destinations that the numbers among a group's members are: those of the account may lead to the group."""
    return (f"forward:+{member}" for member in members if len(member) > LONGEST_EXTENSION)
