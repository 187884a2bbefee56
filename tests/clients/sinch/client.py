"""A bare client of Sinch's operations in a test: signs by itself, or sends what it is told; it knows no more."""

import base64
import json
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import aiohttp
from yarl import URL

from tests.clients.sinch import signing as sinch_signing


class Answer(NamedTuple):
    """What came back; `body` is parsed where it is JSON, else None."""

    status: int
    body: Any
    text: str

    @property
    def code(self) -> int:
        """An error's code; 0 for none."""
        return int(self.body["errorCode"]) if isinstance(self.body, dict) and "errorCode" in self.body else 0


@dataclass(frozen=True)
class BareClient:
    """One application's client."""

    session: aiohttp.ClientSession
    base: str
    key: str
    secret: str

    def with_(self, **changes: str) -> "BareClient":
        """The same client with another key or secret."""
        return replace(self, **changes)

    def signed(self, verb: str, path: str, body: bytes = b"", **signing: str) -> dict[str, str]:
        """The headers of a signed request; `signing`: see `tests.clients.sinch.signing.signed`."""
        return sinch_signing.signed(self.key, self.secret, verb, path, body, **signing)

    def basic(self, prefix: str = "") -> dict[str, str]:
        """The headers of a request with basic authentication; libraries of 2015 put `application\\` before the key."""
        shown = base64.b64encode(f"{prefix}{self.key}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {shown}", "Content-Type": "application/json"}

    async def ask(
        self, verb: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **signing: str
    ) -> Answer:
        """Send a signed request with these headers too; `body`: bytes as they are, anything else as JSON."""
        data = _bytes(body)
        return await self.send(verb, path, data, self.signed(verb, path, data, **signing) | (headers or {}))

    async def plainly(self, verb: str, path: str, body: Any = None, prefix: str = "") -> Answer:
        """Send a request with basic authentication."""
        return await self.send(verb, path, _bytes(body), self.basic(prefix))

    async def send(self, verb: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a request with just these headers."""
        url = URL(self.base + path, encoded=True)
        async with self.session.request(
            verb, url, data=body or None, headers=headers, skip_auto_headers=("Content-Type",)
        ) as answer:
            text = await answer.text()
        try:
            return Answer(answer.status, json.loads(text), text)
        except ValueError:
            return Answer(answer.status, None, text)


def _bytes(body: Any) -> bytes:
    return b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
