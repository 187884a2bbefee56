"""All endpoints of a node: Asterisk is given what the store has, and asked how each endpoint is."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from engine.features.endpoints.model import EndpointState
from engine.features.endpoints.provisioner import Piece, Provisioner
from engine.features.errors import NotProvisioned

log = structlog.get_logger(__name__)


class Owner(Protocol):
    """A service whose things are endpoints in Asterisk."""

    def endpoint_names(self) -> list[str]:
        """Return the names of its endpoints, those that are being added too."""

    async def endpoints(self) -> dict[str, list[Piece]]:
        """Return what Asterisk must have of each endpoint, by its name."""

    def shown_state(self, name: str, state: str) -> str:
        """Return the state of an endpoint as people are told it, of the state in Asterisk's word; "": none is shown."""


class Endpoints:
    """The endpoints of several services, in the order in which they are shown."""

    def __init__(self, provisioner: Provisioner, owners: Sequence[Owner]) -> None:
        self._provisioner, self._owners = provisioner, owners

    async def push_all(self) -> None:
        """Put everything into Asterisk as the store has it, and take out what it has not.

        At start and whenever Asterisk is found fresh. What Asterisk refuses is logged and the rest goes on;
        raises Unreachable.
        """
        found = await asyncio.gather(*(owner.endpoints() for owner in self._owners))
        wanted = {name: pieces for each in found for name, pieces in each.items()}
        for name, pieces in wanted.items():
            try:
                await self._provisioner.put(pieces)
            except NotProvisioned as error:
                log.error("An endpoint was not provisioned.", endpoint=name, error=str(error))
        strangers = await self._provisioner.take_out_strangers(self._names)
        log.info("The endpoints are provisioned.", endpoints=len(wanted), removed=len(strangers))

    async def states(self) -> list[EndpointState]:
        """Return how each endpoint is, by its name; raises Unreachable."""
        states = await self._provisioner.states()
        found = [
            EndpointState(name=name, state=owner.shown_state(name, states.get(name, "missing")))
            for owner in self._owners
            for name in owner.endpoint_names()
        ]
        return [each for each in found if each.state]

    def _names(self) -> list[str]:
        return [name for owner in self._owners for name in owner.endpoint_names()]
