"""The OpenAPI documents: complete, valid, described, current and served."""

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.own.openapi import operations
from api.own.openapi_files import applications, documents
from api.own.operations import Operation
from tests.api.own.installation import Installation

FILES = Path(__file__).parents[3] / "docs" / "openapi"
LINK = "/recordings/{token}/{name}.{format}"
"""A link to a recording is followed as it is given, so it is no operation."""
NAMES = ("v1", "admin")
READ = re.compile(r'(?:query\.get\(|_of\(request, )"(\w+)"')


def document(name: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(documents()[f"{name}.json"])
    return shown


def every(name: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [(verb, path, one) for path, verbs in document(name)["paths"].items() for verb, one in verbs.items()]


@pytest.mark.parametrize("name", NAMES)
def test_the_file_in_docs_is_current(name: str) -> None:
    written = (FILES / f"{name}.json").read_bytes()
    assert written == documents()[f"{name}.json"], "`make openapi` writes the files anew"


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_valid(name: str) -> None:
    OpenAPIV31SpecValidator(document(name)).validate()


@pytest.mark.parametrize("name", NAMES)
def test_no_route_is_missing_and_no_operation_lacks_a_route(name: str) -> None:
    app, _ = applications()[name]
    routes = {(verb, path): each for verb, path, each in operations(app)}
    assert [route for route, each in routes.items() if each is None] == []
    assert {(verb, path) for verb, path, _ in every(name)} == set(routes)


async def test_the_running_applications_have_no_further_route(installation: Installation) -> None:
    for name, server in (("v1", installation.public_server), ("admin", installation.admin_server)):
        served = {(verb, path) for verb, path, _ in operations(server.app) if path != LINK}
        assert served == {(verb, path) for verb, path, _ in every(name)}


async def test_the_documents_are_served_as_they_are_in_docs(installation: Installation) -> None:
    for server, path, name in (
        (installation.public_server, "/carillon/v1/openapi.json", "v1"),
        (installation.admin_server, "/openapi.json", "admin"),
    ):
        status, shown = await installation.ask(server, "GET", path, None)
        assert (status, shown) == (200, document(name))


@pytest.mark.parametrize("name", NAMES)
def test_each_operation_is_described_and_named_once(name: str) -> None:
    found = every(name)
    ids = [one["operationId"] for _, _, one in found]
    assert len(ids) == len(set(ids)) > 25
    for verb, path, one in found:
        assert one["summary"].endswith("."), path
        assert all(part["description"] for part in one.get("parameters", ())), path
        assert {"400", "429", "500", "503"} <= set(one["responses"]), path
        assert any(status < "300" for status in one["responses"]), path
        guarded = one.get("security") != [] or path.endswith("/sign-in")
        assert ("401" in one["responses"]) == guarded, f"{verb} {path}"


@pytest.mark.parametrize("name", NAMES)
def test_each_field_is_described(name: str) -> None:
    schemas = document(name)["components"]["schemas"]
    assert [each for each, schema in schemas.items() if "description" not in schema] == []
    assert [
        f"{each}.{field}"
        for each, schema in schemas.items()
        for field, shown in schema.get("properties", {}).items()
        if "description" not in shown
    ] == []


def test_each_error_refers_to_the_one_shape() -> None:
    for name in NAMES:
        for status, shown in document(name)["components"]["responses"].items():
            assert status >= "400"
            schema = shown["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_that_a_handler_reads_is_declared(name: str) -> None:
    app, _ = applications()[name]
    read = 0
    for route in app.router.routes():
        each = getattr(route.handler, "__operation__", None)
        assert isinstance(each, Operation)
        found = set(READ.findall(inspect.getsource(inspect.unwrap(route.handler))))
        assert found <= {parameter.name for parameter in each.query}, route
        read += len(found)
    assert read > 1


def test_nothing_in_the_documents_names_the_code() -> None:
    for name in NAMES:
        text = documents()[f"{name}.json"].decode()
        assert not re.search(r"\b(engine|api)\.[a-z_]+\.[a-z]", text)
        document = json.loads(text)
        document["components"]["schemas"].get("LoggedEvent", {}).get("properties", {}).pop("data", None)  # a webhook's
        assert not re.search(r'"(data|call_data|stopped_data|hops)":', json.dumps(document))
