"""Destinations: what numbers, extensions and menus lead to."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from engine.features.destinations.ends import ConferenceKind, HangUpKind
from engine.features.destinations.extension_settings import REASONS, ExtensionDiversions
from engine.features.destinations.parties import ExtensionKind, ForwardKind
from engine.features.destinations.programs import ApplicationKind, TaskListKind, without_data
from engine.features.destinations.registry import Destinations
from engine.model.call_data import CallData
from engine.platform.destination_kind import DestinationKind
from engine.platform.feature import Feature
from engine.platform.leads import Lead
from engine.platform.platform import Platform
from engine.platform.settings_cache import SettingsCache
from engine.store.applications import Application


class DestinationsFeature(Feature):
    """The kinds that the call core can do by itself, and where extensions divert calls to.

    `data`: what calls of an application that asks carry.
    """

    name = "destinations"

    def __init__(self, platform: Platform, data: Callable[[Application], CallData | None] = without_data) -> None:
        cache = platform.cache
        self.registry = Destinations(cache, platform.kinds, platform.leads)
        self.extensions = ExtensionDiversions(platform.writer, cache, self.registry, platform.refresh)
        self.services = (self.registry, self.extensions)
        self.destinations = core_kinds(cache, data)
        self._cache = cache

    def leads(self, conn: Connection, account: str) -> Iterable[Lead]:
        """Where extensions divert calls to."""
        for extension in self._cache.extensions(account):
            for reason in REASONS:
                yield Lead(f"the extension {extension.number}", getattr(extension, reason))


def core_kinds(
    cache: SettingsCache, data: Callable[[Application], CallData | None] = without_data
) -> tuple[DestinationKind, ...]:
    """Return the kinds that need nothing but the call core."""
    return (
        ApplicationKind(cache, data),
        TaskListKind(),
        ExtensionKind(cache),
        ConferenceKind(),
        ForwardKind(cache),
        HangUpKind(),
    )
