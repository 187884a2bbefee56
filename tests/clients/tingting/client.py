"""A client of TingTing's API as its document describes it, and nothing more."""

from dataclasses import dataclass
from typing import Any

import aiohttp


class Refused(AssertionError):
    """The server answered with success false."""


@dataclass
class TingTing:
    """One customer; `access` and `refresh` are the tokens of its last login, `token` is the newer API's."""

    session: aiohttp.ClientSession
    base: str
    email: str
    password: str
    token: str = ""
    access: str = ""
    refresh: str = ""

    async def login(self) -> dict[str, Any]:
        """Sign in, and keep the tokens; returns the answer's data."""
        status, answer = await self.ask(
            "POST", "/api/accounts/login/", json={"email": self.email, "password": self.password}, token=""
        )
        assert status == 200, answer
        self.access, self.refresh = answer["data"]["token"]["access"], answer["data"]["token"]["refresh"]
        return dict(answer["data"])

    async def ask(self, verb: str, path: str, *, token: str | None = None, **sent: Any) -> tuple[int, Any]:
        """Send one request, whatever comes of it; returns the status and the parsed body."""
        shown = self.access if token is None else token
        headers = {"Authorization": f"Bearer {shown}"} if shown else {}
        async with self.session.request(verb, self.base + path, headers=headers, **sent) as answer:
            assert answer.content_type == "application/json", await answer.text()
            return answer.status, await answer.json()

    async def ok(self, verb: str, path: str, **sent: Any) -> Any:
        """Send one request that must succeed; returns the envelope."""
        status, answer = await self.ask(verb, path, **sent)
        if not (status < 300 and answer.get("success") is True):
            raise Refused(f"{verb} {path} {sent}: {status} {answer}")
        assert set(answer) == {"status", "success", "message", "errors", "data"}
        assert status == (200 if answer["status"] == 204 else answer["status"])
        return answer

    async def failed(self, verb: str, path: str, status: int, **sent: Any) -> Any:
        """Send one request that must fail with this status; returns the envelope."""
        got, answer = await self.ask(verb, path, **sent)
        assert (got, answer["status"], answer["success"]) == (status, status, False), f"{verb} {path}: {got} {answer}"
        assert set(answer) == {"status", "success", "message", "errors", "data"}
        assert answer["message"] and answer["errors"] and answer["data"] == {}
        return answer

    async def fetch(self, path: str) -> tuple[int, str, bytes]:
        """GET a file; returns the status, the media type and the bytes."""
        headers = {"Authorization": f"Bearer {self.access}"}
        url = path if path.startswith("http") else self.base + path
        async with self.session.get(url, headers={} if path.startswith("http") else headers) as answer:
            return answer.status, answer.content_type, await answer.read()
