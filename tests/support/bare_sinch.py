"""A bare HTTP client of the Sinch dialect, written from the vendor's page «Using REST»: signed, or with basic auth."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import aiohttp
from yarl import URL


class Answer(NamedTuple):
    """What came back; `body` is parsed where it is JSON, else None."""

    status: int
    body: Any
    text: str

    @property
    def code(self) -> int:
        """An error's code; 0 for none."""
        return int(self.body["errorCode"]) if isinstance(self.body, dict) and "errorCode" in self.body else 0


def now() -> str:
    """This moment as the page writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class BareSinch:
    """One application's client."""

    session: aiohttp.ClientSession
    base: str
    key: str
    secret: str

    def with_(self, **changes: str) -> "BareSinch":
        """The same client with another key or secret."""
        return replace(self, **changes)

    def signed(
        self, method: str, path: str, body: bytes, *, time: str = "", content_type: str = "application/json"
    ) -> dict[str, str]:
        """The headers of a signed request."""
        time = time or now()
        md5 = base64.b64encode(hashlib.md5(body).digest()).decode() if body else ""
        text = f"{method}\n{md5}\n{content_type}\nx-timestamp:{time}\n{path}"
        made = base64.b64encode(hmac.new(base64.b64decode(self.secret), text.encode(), hashlib.sha256).digest())
        headers = {"Authorization": f"application {self.key}:{made.decode()}", "x-timestamp": time}
        return headers | ({"Content-Type": content_type} if content_type else {})

    def basic(self, prefix: str = "") -> dict[str, str]:
        """The headers of a request with basic authentication; libraries of 2015 put `application\\` before the key."""
        shown = base64.b64encode(f"{prefix}{self.key}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {shown}", "Content-Type": "application/json"}

    async def ask(self, method: str, path: str, body: Any = None, **signing: str) -> Answer:
        """Send a signed request; `body`: bytes as they are, anything else as JSON."""
        data = _bytes(body)
        return await self.send(method, path, data, self.signed(method, path, data, **signing))

    async def plainly(self, method: str, path: str, body: Any = None, prefix: str = "") -> Answer:
        """Send a request with basic authentication."""
        return await self.send(method, path, _bytes(body), self.basic(prefix))

    async def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a request with just these headers."""
        async with self.session.request(
            method,
            URL(self.base + path, encoded=True),
            data=body or None,
            headers=headers,
            skip_auto_headers=("Content-Type",),
        ) as answer:
            text = await answer.text()
            return Answer(answer.status, json.loads(text) if answer.content_type == "application/json" else None, text)


def _bytes(body: Any) -> bytes:
    return b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
