"""What is asked before a trunk is dialled, and told of how it answers; the rules are injected (engine.features)."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from engine.calls.admission_protocol import Route


class PassedOver(msgspec.Struct, frozen=True, kw_only=True):
    """Why a trunk is not dialled now: `reason` in a word, `detail` in a sentence. `full`: it has no free place."""

    reason: str
    detail: str
    full: bool = False


class TrunkGate(Protocol):
    """How much a trunk carries, when, and whether it answered last."""

    def in_order(self, routes: Sequence[Route]) -> tuple[Route, ...]:
        """Return the routes with those last whose trunks did not answer a while ago."""

    async def enter(self, call: str, route: Route) -> PassedOver | None:
        """Take a place on a route's trunk for a call, or say why it is not dialled."""

    async def resume(self, call: str, trunk: str) -> None:
        """Take the place of a call that is up since before a restart, whatever the limits say."""

    def leave(self, call: str, trunk: str) -> None:
        """Give the place back; harmless where there is none."""

    def answered(self, route: Route) -> None:
        """Note that the trunk answers."""

    def silent(self, route: Route) -> None:
        """Note that the trunk did not answer in time."""


class OpenGate:
    """Lets every call through."""

    def in_order(self, routes: Sequence[Route]) -> tuple[Route, ...]:
        """Return the routes as they are."""
        return tuple(routes)

    async def enter(self, call: str, route: Route) -> PassedOver | None:
        """Let it through."""
        return None

    async def resume(self, call: str, trunk: str) -> None:
        """Do nothing."""

    def leave(self, call: str, trunk: str) -> None:
        """Do nothing."""

    def answered(self, route: Route) -> None:
        """Do nothing."""

    def silent(self, route: Route) -> None:
        """Do nothing."""
