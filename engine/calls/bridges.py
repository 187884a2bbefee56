"""The bridges that a call's Dials make: each is noted before it is made, and until it is known to be removed."""

import structlog

from engine.ari.bridge import Bridge
from engine.ari.errors import AriError
from engine.ari.requests import settled

log = structlog.get_logger(__name__)


def bridge_of(task_id: str) -> str:
    """The id of the bridge in which a Dial connects its two calls."""
    return task_id.replace("task-", "bridge-", 1)


def task_of(bridge_id: str) -> str | None:
    """The id of the Dial whose bridge this is; None: it is no Dial's."""
    return bridge_id.replace("bridge-", "task-", 1) if bridge_id.startswith("bridge-") else None


class OwnedBridges:
    """What one call answers for. However its Dials end, what they leave here is removed when the call ends."""

    def __init__(self) -> None:
        self._owned: dict[str, Bridge] = {}

    def __contains__(self, id: object) -> bool:
        return id in self._owned

    def own(self, bridge: Bridge) -> None:
        """Note a bridge that is about to be made, or that is there."""
        self._owned[bridge.id] = bridge

    async def remove(self, bridge: Bridge) -> None:
        """Remove a bridge; one that Asterisk does not remove now stays noted. A cancellation waits for the answer."""
        try:
            await settled(bridge.destroy(), f"ari: remove {bridge.id}")
        except AriError as error:
            log.warning("A bridge could not be removed yet.", bridge=bridge.id, error=str(error))
        else:
            self._owned.pop(bridge.id, None)

    async def remove_all(self) -> None:
        """Remove what is left."""
        for bridge in list(self._owned.values()):
            await self.remove(bridge)
