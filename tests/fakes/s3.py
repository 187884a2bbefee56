"""A bucket's server that behaves: it keeps what is put, and refuses what is not signed as it says."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Self

from aiohttp import web
from aiohttp.test_utils import TestServer

from engine.media.s3 import Keys, signed

KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
_NAMES = re.compile(r"SignedHeaders=([^,]+),")
_ERROR = '<?xml version="1.0"?><Error><Code>{}</Code><Message>No.</Message></Error>'


class FakeS3:
    """`objects` are (type, bytes) by path. `answers` are statuses that the next requests get instead."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[str, bytes]] = {}
        self.answers: list[int] = []
        self.asked = 0
        app = web.Application(client_max_size=100_000_000)
        app.router.add_put("/{key:.+}", self._put)
        self._server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    async def _put(self, request: web.Request) -> web.Response:
        self.asked += 1
        body = await request.read()
        if self.answers:
            return web.Response(status=self.answers.pop(0), text=_ERROR.format("AccessDenied"))
        if not self._is_signed(request, body):
            return web.Response(status=403, text=_ERROR.format("SignatureDoesNotMatch"))
        self.objects[request.path] = (request.content_type, body)
        return web.Response(status=200)

    def _is_signed(self, request: web.Request, body: bytes) -> bool:
        """The signature is made again, of what really came."""
        given = request.headers.get("Authorization", "")
        names = _NAMES.search(given)
        at = datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        own = {"host", "x-amz-content-sha256", "x-amz-date"}
        headers = {name: request.headers[name] for name in (names[1].split(";") if names else ()) if name not in own}
        url = f"http://{request.headers['Host']}{request.rel_url.raw_path}"
        digest = hashlib.sha256(body).hexdigest()
        return given == signed("PUT", url, headers, digest, KEYS, at)["Authorization"]
