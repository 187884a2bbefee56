"""A client of RingPlan's API as its document describes it, and nothing more."""

from dataclasses import dataclass
from typing import Any

import aiohttp

Answer = tuple[int, Any]


@dataclass
class RingPlan:
    """One company's key, and the acting user's id; `headers` are those of the last answer."""

    session: aiohttp.ClientSession
    base: str
    token: str
    user: str | None = "primary"
    headers: dict[str, str] | None = None

    def acting(self, user: str | None) -> "RingPlan":
        """The same company, with another acting user; None: none is named."""
        return RingPlan(self.session, self.base, self.token, user)

    async def ask(self, verb: str, path: str, body: Any = None, **query: Any) -> Answer:
        """Send one request, whatever comes of it; returns the status and the parsed body, None where there is none."""
        headers = {"Accept": "application/json", "Authorization": f"Bearer {self.token}"}
        headers |= {} if self.user is None else {"X-User-Id": self.user}
        sent = {} if body is None else {"json": body}
        async with self.session.request(verb, self.base + path, headers=headers, params=query, **sent) as answer:
            self.headers = dict(answer.headers)
            return answer.status, await answer.json() if answer.content_type == "application/json" else None

    async def ok(self, verb: str, path: str, body: Any = None, status: int = 200, **query: Any) -> Any:
        """Send one request that must be answered with this status; returns the body."""
        got, answer = await self.ask(verb, path, body, **query)
        assert got == status, f"{verb} {path} {body}: {got} {answer}"
        return answer

    async def failed(self, verb: str, path: str, status: int, body: Any = None, **query: Any) -> str:
        """Send one request that must fail with this status; returns what was wrong."""
        got, answer = await self.ask(verb, path, body, **query)
        assert got == status, f"{verb} {path} {body}: {got} {answer}"
        assert set(answer) == {"detail", "status", "title", "type"} and answer["status"] == status
        assert answer["detail"] and answer["title"] and answer["type"] == "about:blank"
        return str(answer["detail"])
