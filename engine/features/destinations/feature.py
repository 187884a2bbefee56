"""Destinations: what numbers, extensions and menus lead to."""

from collections.abc import Callable

from engine.features.destinations.diversions import ExtensionDiversions
from engine.features.destinations.ends import ConferenceKind, HangUpKind
from engine.features.destinations.parties import ExtensionKind, ForwardKind
from engine.features.destinations.programs import ApplicationKind, TaskListKind, untagged
from engine.features.destinations.registry import Destinations
from engine.platform.destination_kind import DestinationKind
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.platform.settings_cache import SettingsCache
from engine.store.applications import Application


class DestinationsFeature(Feature):
    """The kinds that the call core can do by itself, and where extensions divert calls to.

    `tag`: what calls of an application that asks carry.
    """

    name = "destinations"

    def __init__(self, platform: Platform, tag: Callable[[Application], str] = untagged) -> None:
        cache = platform.cache
        self.registry = Destinations(cache, platform.kinds)
        self.services = (
            self.registry,
            ExtensionDiversions(platform.writer, cache, self.registry, platform.refresh),
        )
        self.destinations = core_kinds(cache, tag)


def core_kinds(cache: SettingsCache, tag: Callable[[Application], str] = untagged) -> tuple[DestinationKind, ...]:
    """Return the kinds that need nothing but the call core."""
    return (
        ApplicationKind(cache, tag),
        TaskListKind(),
        ExtensionKind(cache),
        ConferenceKind(),
        ForwardKind(cache),
        HangUpKind(),
    )
