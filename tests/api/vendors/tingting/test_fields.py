"""Fields of TingTing's requests: JSON, forms and multipart say the same."""

import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from api.vendors.tingting import errors, fields
from api.vendors.tingting.errors import Invalid, TingTingError
from api.vendors.tingting.fields import Fields


@pytest.fixture
async def client() -> AsyncIterator[TestClient[Any, Any]]:
    """Answers what it read of a request."""

    async def answer(request: web.Request) -> web.Response:
        try:
            read = await fields.read(request)
            file = read.file("file")
            shown = {"list": read.items("list"), "text": read.text_or_none("text"), "file": file and file.name}
            return web.json_response(shown | {"bytes": file and len(file.content)})
        except TingTingError as error:
            return errors.render(error.status, str(error))

    app = web.Application()
    app.add_routes([web.route("*", "/", answer)])
    async with TestClient(TestServer(app)) as made:
        yield made


async def read(client: TestClient[Any, Any], verb: str = "POST", url: str = "/", **sent: Any) -> tuple[int, Any]:
    async with client.request(verb, url, **sent) as answer:
        return answer.status, await answer.json()


NOT_UTF_8 = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--b--\r\n'
PLAIN = {"list": ["1", "2"], "text": "a", "file": None, "bytes": None}


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"list": [1, "2"], "text": " a "}},
        {"json": {"list": "1,2", "text": "a"}},
        {"data": {"list": "[1, 2]", "text": "a"}},
        {"data": [("list", "1"), ("list", "2"), ("text", "a")]},
        {"url": "/?list=1&list=2&text=a"},
        {"url": "/?list=1,2", "json": {"text": "a"}},
        {"url": "/?list=1,2&text=b", "json": {"text": "a"}},
    ],
)
async def test_the_same_is_said_in_several_ways(client: TestClient[Any, Any], sent: dict[str, Any]) -> None:
    assert await read(client, **sent) == (200, PLAIN)


async def test_a_delete_has_a_body_and_a_get_a_query(client: TestClient[Any, Any]) -> None:
    assert (await read(client, "DELETE", json={"text": "a"}))[1]["text"] == "a"
    assert (await read(client, "GET", "/?text=a"))[1]["text"] == "a"


async def test_a_file_comes_as_multipart(client: TestClient[Any, Any]) -> None:
    form = aiohttp.FormData({"list": "1,2", "text": "a"})
    form.add_field("file", b"\xff" * 70_000, filename="numbers.xlsx")
    assert await read(client, data=form) == (200, PLAIN | {"file": "numbers.xlsx", "bytes": 70_000})


async def test_what_is_too_large_is_refused_in_each_way(client: TestClient[Any, Any]) -> None:
    form = aiohttp.FormData()
    large = b"a" * (fields.MOST_BYTES + 1)
    form.add_field("file", io.BytesIO(large), filename="a")
    assert (await read(client, data=form))[0] == 413
    assert (await read(client, data=io.BytesIO(large), headers={"Content-Type": "text/plain"}))[0] == 413


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"\xff", "application/json"),
        (b'"' + b"[" * 9, "application/json"),
        (b"a=1", "application/xml"),
        (b"text=%FF", "application/x-www-form-urlencoded"),
        (b"a", "multipart/form-data; boundary=b"),
        (b"a", "multipart/form-data"),
        (b"--b\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (
            b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
    ],
)
async def test_what_cannot_be_read_is_a_400(client: TestClient[Any, Any], data: bytes, kind: str) -> None:
    status, answer = await read(client, data=data, headers={"Content-Type": kind})
    assert (status, answer["success"]) == (400, False) and answer["message"]


async def test_an_empty_body_has_no_fields(client: TestClient[Any, Any]) -> None:
    status, answer = await read(client, data=b"", headers={"Content-Type": "application/json"})
    assert (status, answer["text"]) == (200, None)


@pytest.mark.parametrize("value", [True, {}, [1], "a\0b", "\ud800", "x" * 5000])
def test_a_text_that_is_none_is_refused_with_its_field(value: Any) -> None:
    with pytest.raises(Invalid, match=r"^name "):
        Fields({"name": value}).text("name")


@pytest.mark.parametrize("value", ["x", "nan", "inf", True, [], 1e300])
def test_a_number_that_is_none_is_refused_with_its_field(value: Any) -> None:
    with pytest.raises(Invalid, match=r"^number "):
        Fields({"number": value}).decimal("number")


@pytest.mark.parametrize("value", ["[1]", "a", [1], 5])
def test_an_object_that_is_none_is_refused_with_its_field(value: Any) -> None:
    with pytest.raises(Invalid, match=r"^tags must be"):
        Fields({"tags": value}).mapping("tags")


@pytest.mark.parametrize("value", [list(range(10_001)), ["1,2"] * 5001])
def test_a_list_has_a_limit(value: Any) -> None:
    assert fields.MOST_ITEMS == 10_000
    with pytest.raises(Invalid, match=r"^list must have at most"):
        Fields({"list": value}).items("list")


def test_the_first_name_that_has_a_value_counts() -> None:
    assert Fields({"a": "", "b": None, "c": 0}).raw("a", "b", "c") == 0
    with pytest.raises(Invalid, match=r"^a is missing"):
        Fields({"a": "", "b": "  "}).text("a", "b")
