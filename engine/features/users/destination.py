"""Calls and texts that are led to a user: the phones that belong to it."""

from collections.abc import Iterable
from typing import Any

from engine.calls.directory import Answering, NoDestination
from engine.features.errors import NotThere
from engine.platform.destination_kind import DestinationKind
from engine.platform.settings_cache import SettingsCache
from engine.store.accounts import Account
from engine.store.people import Person
from engine.tasks.go_to import GoTo
from engine.tasks.ring import MOST_MEMBERS, Ring

RING_SECONDS = 25.0


class UserKind(DestinationKind):
    """`user:ann@example.com`: a call rings at the phones of the extensions that belong to the user, all at once.

    Those that forward every call do not ring; where all do, the call goes where the first one forwards it.

    It is stored with the user's id. Texts go to the user's inbox too (engine.features.messaging).
    """

    name = "user"

    def __init__(self, cache: SettingsCache) -> None:
        self._cache = cache

    def checked(self, account: Account, target: str) -> str:
        found = self._named(account, target)
        if found is None:
            raise NotThere(f"The account {account.name} has no user {target[:80]}; `carillon users list` shows all.")
        return found.id

    def fields(self, account: Account, target: str) -> dict[str, Any]:
        found = self._named(account, target)
        return {"target": found.email if found else target}

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        found = self._named(account, target)
        if found is None:
            raise NoDestination(f"The account has no user {target}.")
        own = self._cache.extensions_of(account.id, found.id)
        if not own:
            raise NoDestination(f"No extension belongs to the user {found.email}.")
        ringing = tuple(each.number for each in own if not each.always)[:MOST_MEMBERS]
        if not ringing:
            leads_on = GoTo(destination=own[0].always, hops=hops, diverted_by=own[0].number)
            return Answering(account=account.id, tasks=(leads_on,))
        return Answering(account=account.id, tasks=(Ring(members=ringing, seconds=RING_SECONDS, hops=hops),))

    def leads_on(self, account: Account, target: str) -> Iterable[str]:
        found = self._named(account, target)
        return [each.always for each in self._cache.extensions_of(account.id, found.id)] if found else ()

    def _named(self, account: Account, target: str) -> Person | None:
        return self._cache.user_named(account.id, target)
