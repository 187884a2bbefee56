"""What leads calls to destinations, put together for whoever serves it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from engine.features.destinations.diversions import ExtensionDiversions
from engine.features.destinations.registry import Destinations
from engine.features.groups.service import Groups
from engine.features.numbers.service import Numbers
from engine.platform.settings_cache import SettingsCache
from engine.store.database import Database
from engine.store.writer import Writer


@dataclass(frozen=True, kw_only=True, slots=True)
class Leading:
    """The services of numbers, ring groups and extensions' diversions, and the kinds of destination there are."""

    destinations: Destinations
    numbers: Numbers
    groups: Groups
    diversions: ExtensionDiversions


def assembled(
    db: Database,
    writer: Writer,
    cache: SettingsCache,
    destinations: Destinations,
    refresh: Callable[[], Awaitable[None]],
    forget: Callable[[], None],
) -> Leading:
    """Put them together. `refresh` makes a change count at once; `forget` drops what is known of applications' keys."""

    async def refresh_number(account: str, digits: str) -> None:
        await cache.reload_number(account, digits)
        forget()

    return Leading(
        destinations=destinations,
        numbers=Numbers(db, writer, destinations, refresh_number),
        groups=Groups(db, writer, cache, destinations, refresh),
        diversions=ExtensionDiversions(writer, cache, destinations, refresh),
    )
