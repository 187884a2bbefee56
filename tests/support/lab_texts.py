"""The lab's SMSC as tests see it: what arrived at a number of the network, and texts that the network sends."""

from api.lab_smsc.client import LabSmscClient
from api.lab_smsc.texts import Arrived
from tests.support.scenario import until
from tests.support.system import System


class LabTexts(LabSmscClient):
    """A client of the running system's; use it as an async context manager."""

    @classmethod
    def of(cls, system: System) -> "LabTexts":
        """Return the client of a system."""
        url = f"http://127.0.0.1:{system.setting('LAB_SMSC_HTTP_PORT', '2776')}"
        return cls(url, system.setting("LAB_SMSC_PASSWORD"))

    async def until(self, number: str, count: int = 1) -> list[Arrived]:
        """Return what arrived at a number as soon as it is that much."""
        return await until(
            lambda: self.arrived(number), lambda texts: len(texts) >= count, what=f"{count} texts arrive at {number}"
        )
