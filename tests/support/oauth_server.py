"""A small OAuth 2.0 server with OpenID's userinfo, as Google and Microsoft have: codes once, PKCE checked, revocation.

What a user does in its browser is `consent`: it opens the address and agrees, and is led back.
"""

import asyncio
import base64
import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from aiohttp import web
from yarl import URL

ID, SECRET = "of-the-tests", "of-the-tests"


@dataclass
class _Asked:
    """A consent that was given."""

    redirect: str
    challenge: str
    address: str


@dataclass
class OAuthServer:
    """The server. A context manager. `name` is the field that has the user's address (email, mail, …).

    `fails`: it answers 503. `pieces`: its answers come in two parts. `padding` bytes are in its answers besides.
    `before_me` is called before it says whose access it is.
    """

    port: int = 0
    name: str = "email"
    revoked: list[str] = field(default_factory=list)
    fails: bool = False
    pieces: bool = False
    padding: int = 0
    before_me: Callable[[], Awaitable[None]] | None = None

    async def __aenter__(self) -> "OAuthServer":
        self._codes: dict[str, _Asked] = {}
        self._access: dict[str, str] = {}
        self.refresh: dict[str, str] = {}
        app = web.Application()
        app.router.add_post("/{who}/token", self._token)
        app.router.add_get("/{who}/me", self._me)
        app.router.add_post("/{who}/revoke", self._revoke)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    def root(self, who: str) -> str:
        """The root of one provider's addresses."""
        return f"http://127.0.0.1:{self.port}/{who}"

    def consent(self, url: str, address: str) -> URL:
        """A user opens the address that it was given and agrees; returns where it is led."""
        asked = URL(url)
        query = asked.query
        assert asked.path.endswith("/authorize"), url
        assert (query["client_id"], query["response_type"], query["code_challenge_method"]) == (ID, "code", "S256")
        assert "calendar" in query["scope"].lower() and len(query["state"]) >= 32
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Asked(query["redirect_uri"], query["code_challenge"], address)
        return URL(query["redirect_uri"]).update_query({"code": code, "state": query["state"]})

    async def _token(self, request: web.Request) -> web.StreamResponse:
        if self.fails:
            return web.json_response({"error": "server_error"}, status=503)
        form = await request.post()
        asked = self._codes.pop(str(form.get("code", "")), None)
        verifier = str(form.get("code_verifier", ""))
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        known = (form.get("client_id"), form.get("client_secret")) == (ID, SECRET)
        if not asked or not known or digest != asked.challenge or form.get("redirect_uri") != asked.redirect:
            return web.json_response({"error": "invalid_grant"}, status=400)
        access, refresh = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self._access[access], self.refresh[refresh] = asked.address, asked.address
        given = {"access_token": access, "refresh_token": refresh, "token_type": "Bearer"}
        given["padding"] = "x" * self.padding
        return await self._answer(request, given)

    async def _answer(self, request: web.Request, given: dict[str, Any]) -> web.StreamResponse:
        if not self.pieces:
            return web.json_response(given)
        text, answer = json.dumps(given).encode(), web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        await answer.write(text[:20])
        await asyncio.sleep(0.05)  # so that they are two packets
        await answer.write(text[20:])
        await answer.write_eof()
        return answer

    async def _me(self, request: web.Request) -> web.Response:
        if self.before_me:
            await self.before_me()
        scheme, _, access = request.headers.get("Authorization", "").partition(" ")
        address = self._access.get(access) if scheme == "Bearer" else None
        shown: dict[str, Any] = {"sub": "1", self.name: address}
        return web.json_response(shown if address else {"error": "invalid_token"}, status=200 if address else 401)

    async def _revoke(self, request: web.Request) -> web.Response:
        token = str((await request.post()).get("token", ""))
        if self.fails:
            return web.json_response({"error": "server_error"}, status=503)
        if self.refresh.pop(token, None) is None:
            return web.json_response({"error": "invalid_token"}, status=400)
        self.revoked.append(token)
        return web.json_response({})
