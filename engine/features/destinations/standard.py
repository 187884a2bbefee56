"""The kinds of destination of this installation, put together: a feature that has one adds a line here."""

from collections.abc import Callable

from engine.features.destinations.ends import ConferenceKind, HangUpKind
from engine.features.destinations.parties import ExtensionKind, ForwardKind
from engine.features.destinations.programs import ApplicationKind, TaskListKind, without_data
from engine.features.destinations.registry import Destinations
from engine.features.groups.destination import GroupKind
from engine.model.call_data import CallData
from engine.platform.settings_cache import SettingsCache
from engine.store.applications import Application


def standard(cache: SettingsCache, data: Callable[[Application], CallData | None] = without_data) -> Destinations:
    """Return the destinations there are. `data`: what calls of an application that asks carry."""
    return Destinations(
        cache,
        (
            ApplicationKind(cache, data),
            TaskListKind(),
            ExtensionKind(cache),
            GroupKind(cache),
            ConferenceKind(),
            ForwardKind(cache),
            HangUpKind(),
        ),
    )
