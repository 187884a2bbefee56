"""Where the dialect is mounted, who is let in, and what is said to everybody else."""

import re
from itertools import product
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from api.guess_throttle import Guesses
from api.own.routes import public_routes
from api.vendors.ringful.http.routes import PATHS as RINGFUL_PATHS
from api.vendors.ringful.vendor import Ringful
from api.vendors.sinch.errors import SinchOperation
from api.vendors.sinch.fields import MOST_BYTES
from api.vendors.sinch.http.authenticated import AuthenticatedRequest
from api.vendors.sinch.http.routes import OPERATIONS, PATHS, Routes
from tests.api.serving import Unreached, nothing_behind
from tests.api.vendors.sinch.served import BOBS, SHOP, Served

NUMBERS = "/v1/configuration/numbers/"
SAMPLES = {"key": SHOP, "number": "+46730170101", "call": "call-1", "leg": "caller", "conference": "my%20room"}


async def nothing(asked: AuthenticatedRequest) -> web.Response:
    """Serve every operation."""
    return web.Response()


def everything() -> Routes:
    """The dialect with all of its operations, those that are served elsewhere too."""
    return Routes(None, dict.fromkeys(SinchOperation, nothing), Guesses())  # type: ignore[arg-type]


def sample(path: str) -> str:
    """A path with its parts filled in."""
    return re.sub(r"\{(\w+)\}", lambda part: SAMPLES[part[1]], path)


async def test_every_operation_of_the_document_has_its_paths_under_both_prefixes() -> None:
    routes = {(each.method, each.path) for each in everything().routes() if isinstance(each, web.RouteDef)}
    documents = [
        ("GET", "/configuration/numbers/"), ("POST", "/configuration/numbers/"), ("DELETE", "/configuration/numbers/"),
        ("GET", "/configuration/callbacks/applications/{key}"), ("POST", "/configuration/callbacks/applications/{key}"),
        ("GET", "/calling/query/number/{number}"), ("PATCH", "/calls/id/{call}"), ("GET", "/calls/id/{call}"),
        ("PATCH", "/call/id/{call}"), ("PATCH", "/calls/id/{call}/leg/{leg}"), ("GET", "/conferences/id/{conference}"),
        ("PATCH", "/conferences/id/{conference}/{call}"), ("DELETE", "/conferences/id/{conference}"),
        ("DELETE", "/conferences/id/{conference}/{call}"), ("POST", "/callouts"),
    ]  # fmt: skip
    for prefix, (method, path), slash in product(("/v1", "/calling/v1"), documents, ("", "/")):
        assert (method, prefix + path.rstrip("/") + slash) in routes
    assert set(OPERATIONS) == set(SinchOperation)


async def test_an_operation_that_is_not_given_is_not_routed(served: Served) -> None:
    answer = await served.shop.ask("POST", "/calling/v1/callouts", {})
    assert (answer.status, answer.code) == (404, 40400)
    answer = await served.shop.ask("PATCH", "/calling/v1/calls/id/call-1", {})
    assert (answer.status, answer.code) == (405, 40500)


async def test_no_path_is_two_dialects(served: Served) -> None:
    sinch, ringful = everything(), Ringful.make(nothing_behind())
    others = [*ringful.routes(), *public_routes(Unreached())]  # type: ignore[arg-type]
    app = web.Application()
    app.add_routes(others)
    app.add_routes(sinch.routes())
    for route in sinch.routes():
        assert isinstance(route, web.RouteDef)
        request = make_mocked_request(route.method, sample(route.path))
        found = await app.router.resolve(request)
        assert getattr(found.route.resource, "canonical", "") == route.path
        assert PATHS.match(request.path) and not RINGFUL_PATHS.match(request.path)
        assert not request.path.startswith(("/carillon/", "/recordings/", "/healthz"))
    for path in ("/Call/apikey/1", "/carillon/v1/calls", "/v1/apikey/1", "/healthz", "/v10/calls", "/recordings/a/b"):
        assert not PATHS.match(path), path


async def test_every_way_to_sign_that_clients_have_is_let_in(served: Served) -> None:
    shop, path = served.shop, "/v1/calling/query/number/+46(0)73-017-0101"
    for content_type in ("", "application/json", "application/json; charset=UTF-8"):
        assert (await shop.ask("GET", path, content_type=content_type)).status == 200
    for signed, sent in (
        (path, path.replace("(", "%28").replace(")", "%29")),  # signed decoded
        (path + "?x=1", path + "?x=1"),  # with its query
        (path, path + "?x=1"),  # without it
        ("/v1/configuration/numbers", "/v1/configuration/numbers"),
        ("/calling/v1/configuration/numbers/", "/calling/v1/configuration/numbers/"),
    ):
        assert (await shop.send("GET", sent, b"", shop.signed("GET", signed, b""))).status == 200, sent
    for prefix in ("", "application\\"):
        assert (await shop.plainly("GET", NUMBERS, prefix=prefix)).status == 200


async def test_who_is_not_let_in_hears_why_and_no_more(served: Served) -> None:
    shop, right = served.shop, served.shop.signed("GET", NUMBERS, b"")
    stale = shop.signed("GET", NUMBERS, b"", time="2014-06-04T13:41:58Z")
    for headers, code in (
        ({}, 40100),
        ({"Authorization": "Basic %%%"}, 40100),
        (right | {"x-timestamp": ""}, 40101),
        (right | {"x-timestamp": "now"}, 40101),
        (stale, 40101),
        (shop.signed("POST", NUMBERS, b""), 40102),
        (shop.signed("GET", "/v1/configuration/numberz/", b""), 40102),
        (right | {"Authorization": f"application {BOBS}:x"}, 40102),
        (right | {"Authorization": "application nobody:x"}, 40108),
        (right | {"Authorization": "application n\u00e9\u00e9:x"}, 40108),
        (shop.with_(secret="eA==").basic(), 40108),
        (shop.with_(key="nobody").basic(), 40108),
        (shop.with_(key="nob\u0000ody").basic(), 40108),
        ({"Authorization": "Bearer x"}, 40301),
        ({"Authorization": f"Application {SHOP}"}, 40301),
    ):
        answer = await shop.send("GET", NUMBERS, b"", headers)
        assert (answer.status, answer.code) == (code // 100, code), headers
        assert set(answer.body) == {"errorCode", "message", "reference"} and answer.body["reference"]


async def test_a_signature_covers_the_body_of_a_delete_too(served: Served) -> None:
    body = b'{"number": "+14155550101"}'
    headers = served.shop.signed("DELETE", NUMBERS, body)
    answer = await served.shop.send("DELETE", NUMBERS, body.replace(b"101", b"100"), headers)
    assert answer.code == 40102
    assert (await served.shop.send("DELETE", NUMBERS, body, headers)).status == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 40003), (b"{", 40003), (b"[]", 40003), (b"null", 40003), (b'"x"', 40003), (b"\xff\xfe", 40003),
        (b'{"numbers": ' + b"[" * 5000 + b"]" * 5000 + b"}", 40003),
        (b"{}", 40001), (b'{"numbers": 5}', 40001), (b'{"numbers": [1]}', 40001), (b'{"numbers": ["x"]}', 40001),
        (b'{"numbers": []}', 40001), (b'{"numbers": {"a": 1}}', 40001),
        (b'{"numbers": ["+46730170101"], "capability": "fax"}', 40001),
        (b'{"numbers": ["+46730170101"], "applicationkey": {}}', 40001),
    ],
)  # fmt: skip
async def test_a_body_that_cannot_be_read_is_refused(served: Served, body: bytes, code: int) -> None:
    answer = await served.shop.ask("POST", NUMBERS, body)
    assert (answer.status, answer.code) == (400, code)


async def test_a_body_that_is_too_large_is_413_however_it_comes(served: Served) -> None:
    shop, large = served.shop, b" " * (MOST_BYTES + 1)
    answer = await shop.ask("POST", NUMBERS, large)
    assert (answer.status, answer.code) == (413, 41300)

    async def in_parts() -> Any:
        for _ in range(MOST_BYTES // 65536 + 2):
            yield b" " * 65536

    async with shop.session.post(shop.base + NUMBERS, data=in_parts(), headers=shop.basic()) as answered:
        assert answered.status == 413 and (await answered.json())["errorCode"] == 41300


async def test_a_body_that_is_not_as_its_headers_say_is_refused(served: Served) -> None:
    headers = served.shop.basic() | {"Content-Encoding": "gzip"}
    answer = await served.shop.send("POST", NUMBERS, b"this is no gzip", headers)
    assert answer.status == 415 and answer.code == 41500


async def test_an_unknown_path_and_method_are_told_in_the_dialects_manner(served: Served) -> None:
    answer = await served.shop.ask("GET", "/v1/calls")
    assert (answer.status, answer.code) == (404, 40400)
    assert set(answer.body) == {"errorCode", "message", "reference"}
    answer = await served.shop.ask("PUT", NUMBERS)
    assert (answer.status, answer.code) == (405, 40500)
