"""A phone with lamp keys (BLF), for tests: it subscribes to the states of extensions and keeps its NOTIFYs."""

import asyncio
import re
from typing import Any

from tests.support.texter import LIMIT_SECONDS, Texter

ACCEPTS = {"dialog": "application/dialog-info+xml", "presence": "application/pidf+xml"}


class Watcher(Texter):
    """One SIP user that watches extensions. `notified` has the bodies of its NOTIFYs by the extension, oldest first."""

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.notified: dict[str, list[str]] = {}

    async def watch(self, extension: str, package: str = "dialog") -> int:
        """Subscribe to an extension's state for an hour (RFC 6665); returns the status."""
        contact = f"<sip:{self.user}@{self._own[0]}:{self._own[1]}>"
        headers = (("Event", package), ("Accept", ACCEPTS[package]), ("Contact", contact), ("Expires", "3600"))
        uri = f"sip:{extension}@{self.host}:{self.port}"
        return await self.ask("SUBSCRIBE", uri, headers=headers, call_id=f"watch-{extension}-{id(self)}-{package}")

    def took(self, head: str, body: bytes) -> None:
        if head.startswith("NOTIFY ") and (call := re.search(r"(?im)^call-id:\s*watch-(\d+)-", head)):
            self.notified.setdefault(call[1], []).append(body.decode())
        super().took(head, body)

    def states(self, extension: str) -> list[str]:
        """The states of the dialogs that it was notified of (RFC 4235), oldest first."""
        return re.findall(r"<state>(\w+)</state>", "".join(self.notified.get(extension, ())))

    def state(self, extension: str) -> str:
        """What its lamp shows: the dialog's state, "idle" for a terminated one; "" before any NOTIFY."""
        last = self.states(extension)[-1:]
        return "idle" if last == ["terminated"] else "".join(last)

    async def until_notified(self, extension: str, text: str) -> None:
        """Wait until the last NOTIFY of an extension says this."""
        async with asyncio.timeout(LIMIT_SECONDS):
            while text not in "".join(self.notified.get(extension, ())[-1:]):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def shows(self, extension: str, state: str, *, within: float = LIMIT_SECONDS) -> None:
        """Wait until its lamp shows this."""
        try:
            async with asyncio.timeout(within):
                while self.state(extension) != state:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{extension} is {self.state(extension)!r}, not {state!r}: {self.notified}") from None
