"""The settings of texts in memory: SMSCs, routes, rates, and what accounts have set. The store stays the truth."""

import asyncio
from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from sqlalchemy import Connection

from engine.features.messaging.configuration import store
from engine.features.messaging.model import MessageRate, MessageRoute, Smsc, TextingRules
from engine.store.database import Database

T = TypeVar("T")


class ByPrefix(Generic[T]):
    """Values by what begins a number, for several keys."""

    def __init__(self) -> None:
        self._found: dict[tuple[Hashable, str], T] = {}
        self._longest = 0

    def put(self, key: Hashable, prefix: str, value: T) -> None:
        """Add a value."""
        self._found[key, prefix] = value
        self._longest = max(self._longest, len(prefix))

    def match(self, key: Hashable, digits: str) -> T | None:
        """Return the value of the longest prefix of `digits`; None: there is none."""
        for length in range(min(self._longest, len(digits)), -1, -1):
            if (found := self._found.get((key, digits[:length]))) is not None:
                return found
        return None


class MessagingSettings:
    """Read by `load` at the start and after each change; it is changed in the event loop."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._reading = asyncio.Lock()  # of two readings at once the older must not be kept last
        self._routes = ByPrefix[list[MessageRoute]]()
        self._rates = ByPrefix[int]()
        self._rules: Mapping[str, TextingRules] = {}
        self.smscs: Mapping[str, Smsc] = {}
        """All SMSCs by their names, those that are disabled too."""

    async def load(self) -> None:
        """Read all of it."""
        async with self._reading:
            smscs, routes, rates, rules = await self._db.read(_read)
            self.smscs = {smsc.name: smsc for smsc in smscs}
            self._rules = {each.account: each for each in rules}
            self._rates, self._routes = _rates_of(rates), _routes_of(routes)

    def carrier_for(self, account: str, digits: str) -> str | None:
        """Return the SMSC that carries an account's texts to a number; None: none does.

        The account's own routes are looked at first, then the longest prefix, then the lowest priority. One that is
        disabled is chosen only where there is no other of the same prefix.
        """
        routes = self._routes.match(account, digits) or self._routes.match("", digits) or []
        usable = [route for route in routes if not self._is_disabled(route.smsc)]
        return next((route.smsc for route in usable or routes), None)

    def per_part(self, account: str, currency: str, digits: str) -> int:
        """Return what a part of a text to a number costs an account, in millionths; 0: there is no rate."""
        own = self._rates.match((account, currency), digits)
        return own if own is not None else self._rates.match(("", currency), digits) or 0

    def rules(self, account: str) -> TextingRules:
        """Return what an account has set."""
        return self._rules.get(account) or TextingRules(account=account)

    def _is_disabled(self, smsc: str) -> bool:
        found = self.smscs.get(smsc)
        return found is None or found.disabled


def _read(conn: Connection) -> tuple[list[Smsc], list[MessageRoute], list[MessageRate], list[TextingRules]]:
    return store.all_smscs(conn), store.all_routes(conn), store.all_rates(conn), store.all_rules(conn)


def _rates_of(rates: list[MessageRate]) -> ByPrefix[int]:
    table = ByPrefix[int]()
    for rate in rates:
        table.put((rate.account, rate.currency), rate.prefix, rate.per_part)
    return table


def _routes_of(routes: list[MessageRoute]) -> ByPrefix[list[MessageRoute]]:
    by_prefix = defaultdict[tuple[str, str], list[MessageRoute]](list)
    for route in sorted(routes, key=lambda one: (one.priority, one.smsc)):
        by_prefix[route.account, route.prefix].append(route)
    table = ByPrefix[list[MessageRoute]]()
    for (account, prefix), found in by_prefix.items():
        table.put(account, prefix, found)
    return table
