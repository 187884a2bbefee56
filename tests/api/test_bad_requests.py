"""Requests that cannot be read are refused in the manner of their path's dialect, and nothing of them is logged."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from api.app import build_app
from api.own.routes import public_routes
from api.vendors.registry import vendors
from tests.api.serving import Unreached, nothing_behind, serve
from tests.support.raw_http import Answer, ask, bomb, request

RINGFUL, SINCH, OWN = "/Call/apikey/KEY", "/v1/calls/id/1", "/carillon/v1/calls"
CANARY = "canary-4711"


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """All dialects, with nothing behind them: what is refused here reaches no handler."""
    app = build_app(
        engine=None, accounts=None, delivery=None,  # type: ignore[arg-type]
        recordings=type("Recordings", (), {"routes": lambda self: []})(),
        vendors=[vendor.make(nothing_behind()) for vendor in vendors()],
        routes=public_routes(Unreached()),  # type: ignore[arg-type]
    )  # fmt: skip
    async with serve(app) as (served, _):
        yield served


def in_the_manner_of(path: str, answer: Answer) -> bool:
    """Whether an error looks as those of the path's dialect do."""
    if path.startswith("/Call"):
        return answer.headers["content-type"].startswith("text/plain") and len(answer.text) > 10
    fields = {"errorCode", "message", "reference"} if path.startswith("/v1") else {"error", "code"}
    return set(json.loads(answer.body)) == fields


async def asked(port: int, raw: bytes) -> Answer:
    """Send bytes, return the answer."""
    return await ask("127.0.0.1", port, raw)


PATHS = pytest.mark.parametrize("path", [RINGFUL, SINCH, OWN])


@PATHS
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "x-gzip", "identity, gzip", "GZIP"])
async def test_a_content_encoding_is_refused_whether_or_not_the_body_fits_it(port: int, path: str, coding: str) -> None:
    for body in (b"notgzip", bomb(1)):
        answer = await asked(port, request("POST", path, body=body, Content_Encoding=coding))
        assert answer.status == 415 and in_the_manner_of(path, answer), answer
        assert answer.headers["accept-encoding"] == "identity" and answer.headers["connection"] == "close"
        assert coding.split(", ")[-1].lower() in answer.text


@pytest.mark.parametrize("coding", ["identity", "", "utf-8"])
async def test_no_encoding_and_what_is_none_are_not_refused(port: int, coding: str) -> None:
    answer = await asked(port, request("POST", "/v1/nothing", body=b"{}", Content_Encoding=coding))
    assert answer.status == 404


@PATHS
@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET {path} HTTP/1.1\r\nHost: x\r\nAuth\x01orization: Bearer {canary}\r\n\r\n", 400),
        (b"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer {canary}\r\n\r\n", 400),
        (b"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {canary}\x00\r\n\r\n", 400),
        (b"GET {path} HTTP/9.9\r\nAuthorization: Bearer {canary}\r\n\r\n", 400),
        (b"GET {path} {canary} HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {canary}\r\n\r\n", 400),
        (b"GET {path} HTTP/1.1\r\nHost: x\r\nA: " + b"{canary}" * 1000 + b"\r\n\r\n", 431),
        (b"GET {path}?a=" + b"{canary}" * 1000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431),
        (b"GET {path} HTTP/1.1\r\nHost: x\r\n" + b"A: {canary}\r\n" * 200 + b"\r\n", 431),
        (b"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{canary}\r\n", 400),
        (b"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n{canary}\r\n", 400),
    ],
)
async def test_what_the_parser_refuses_is_a_4xx_and_its_line_is_nowhere(
    port: int, path: str, raw: bytes, status: int, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    answer = await asked(port, raw.replace(b"{path}", path.encode()).replace(b"{canary}", CANARY.encode()))
    code = json.loads(answer.body)["errorCode"] // 100 if path == SINCH else answer.status
    assert answer.status == code in (status, 400), answer
    assert in_the_manner_of(path, answer), answer
    written = capfd.readouterr()
    assert CANARY not in answer.text + written.out + written.err + caplog.text


@PATHS
@pytest.mark.parametrize(("query", "named"), [("a=1&callbackUrl=http://h/a%FFb", "callbackUrl"), ("%C3=x", "must be")])
async def test_a_url_that_is_not_utf_8_is_refused_and_the_parameter_named(
    port: int, path: str, query: str, named: str
) -> None:
    answer = await asked(port, request("GET", f"{path}?{query}"))
    assert answer.status == 400 and named in answer.text and "0x" in answer.text, answer
    assert in_the_manner_of(path, answer)
    answer = await asked(port, request("GET", f"{path}%ED%A0%80"))
    assert answer.status == 400 and "0xED" in answer.text, "half a surrogate pair"


@PATHS
async def test_nothing_at_an_address_is_told_in_its_dialects_manner(port: int, path: str) -> None:
    where = {RINGFUL: "/Dial/apikey/KEY", SINCH: "/v1/nothing", OWN: "/carillon/v1/nothing"}[path]
    answer = await asked(port, request("GET", where))
    assert answer.status == 404 and in_the_manner_of(path, answer), answer


async def test_chunks_that_are_none_end_in_a_400_where_a_handler_reads_them() -> None:
    async def read(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    app = build_app(
        engine=None, accounts=None, delivery=None,  # type: ignore[arg-type]
        recordings=type("Recordings", (), {"routes": lambda self: []})(), vendors=(),
        routes=[web.post("/carillon/read", read)],
    )  # fmt: skip
    async with serve(app) as (port, _):
        head = b"POST /carillon/read HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = await asked(port, head + b"5\r\nhello\r\nZZ\r\n")
        assert answer.status == 400 and json.loads(answer.body)["code"] == "http", answer
