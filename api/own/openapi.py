"""The OpenAPI 3.1 document of an application, made of the operations that its handlers declare."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from api.own.features import registry
from api.own.operations import Media, Operation, Parameter, operation, operation_of
from api.own.schema.account import Problem
from api.own.schema.fields import Given
from engine.tasks.secret import Secret

JSON = "application/json"
DOCUMENT = Media("This document.", (JSON,))
_SCHEMAS = "#/components/schemas/{name}"
_PATH = {
    "account": "The account's name or id.",
    "application": "The application's id or key.",
    "call": "The call's id.",
    "delivery": "The callback's id.",
    "format": "The format of the file: wav or mp3.",
    "name": "The thing's name.",
    "number": "The number or extension.",
    "recording": "The recording's id.",
    "task": "The task's id.",
    "token": "The token's id, or the signed part of a link.",
    "user": "The user's id or e-mail address.",
}
"""What the parts of paths are; those of a capability's own are in its schema."""
_OWNED = ("users", "prompts", "calls")
"""What an account has; also below /accounts it is a tag of its own. So are the nouns of a capability's schema."""
_ERRORS = {
    400: "The request cannot be read or carried out as it is.",
    401: "No valid credential was sent.",
    402: "The account's money does not cover it.",
    403: "The role of the user, or the account's settings, do not permit it.",
    404: "There is no such thing in this account.",
    409: "It is in conflict with what there is.",
    410: "It is there no more.",
    413: "The body is too large.",
    415: "The body has a Content-Encoding.",
    416: "The Range lies behind the end of the file.",
    429: "A limit is reached, or too many wrong credentials were sent.",
    500: "An error of Carillon's; the sentence has a reference that is also in its log.",
    502: "Asterisk or the lab did not do it.",
    503: "The engine or the database takes no work now.",
}
_HEADERS = {
    401: {"WWW-Authenticate": "How to send a credential (RFC 9110 section 11.6.1)."},
    429: {"Retry-After": "After how many seconds to try again; not if a limit is reached."},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What a document says of its API. `schemes` are the ways to show a credential, each of which suffices.

    `has_roles`: what changes something may be refused for the role of the user that asks.
    """

    title: str
    description: str
    schemes: dict[str, dict[str, str]]
    has_roles: bool = False


class OpenApi:
    """Serves the document of the application that it is a part of."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._written: bytes | None = None

    @operation("getOpenApi", {200: DOCUMENT}, is_open=True)
    async def serve(self, request: web.Request) -> web.Response:
        """This document: OpenAPI 3.1."""
        if self._written is None:
            self._written = msgspec.json.encode(document(request.app, self._about))
        return web.Response(body=self._written, content_type=JSON)


def operations(app: web.Application) -> Iterator[tuple[str, str, Operation | None]]:
    """Every route of an application: its method in lower case, its path, its operation; GET stands for HEAD too."""
    for route in app.router.routes():
        if route.method != "HEAD" and route.resource is not None:
            yield route.method.lower(), route.resource.canonical, operation_of(route.handler)


def alternatives(answer: Any) -> tuple[Any, ...]:
    """Return the types of an answer, each of which it may be."""
    return answer if isinstance(answer, tuple) else (answer,)


def document(app: web.Application, about: About) -> dict[str, Any]:
    """Return the document of an application; routes without an operation, such as a dialect's, are not in it."""
    found = [(method, path, each) for method, path, each in operations(app) if each is not None]
    schemas, components = _schemas(each for _, _, each in found)
    paths: dict[str, dict[str, Any]] = {}
    for method, path, each in sorted(found, key=lambda one: one[1]):
        paths.setdefault(path, {})[method] = _operation(method, path, each, schemas, has_roles=about.has_roles)
    return {
        "openapi": "3.1.0",
        "info": {"title": about.title, "version": "1", "description": about.description},
        "servers": [{"url": "/"}],
        "security": [{name: []} for name in about.schemes],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {str(status): _error(status, schemas[Problem]) for status in sorted(_ERRORS)},
            "securitySchemes": about.schemes,
        },
    }


def _schemas(found: Iterable[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    """Return the schema of each type that operations have, and the schemas that these refer to."""
    kinds: list[Any] = [Problem]
    for each in found:
        kinds += [each.body, *(parameter.kind for parameter in (*each.query, *each.headers))]
        kinds += [kind for answer in each.answers.values() for kind in alternatives(answer)]
    wanted = list(dict.fromkeys(kind for kind in kinds if kind is not None and not isinstance(kind, Media)))
    made, components = msgspec.json.schema_components(wanted, schema_hook=_schema, ref_template=_SCHEMAS)
    for component in components.values():
        for shown in component.get("properties", {}).values():
            if "description" not in shown and len(shown.get("enum", ())) == 1:
                shown["description"] = "Which of the alternatives this is."
    return dict(zip(wanted, made, strict=True)), dict(sorted(components.items()))


def _schema(kind: type) -> dict[str, Any]:
    if kind is Secret:
        return {"type": "string", "format": "password"}
    raise NotImplementedError(f"{kind.__name__} has no schema")


def _operation(method: str, path: str, each: Operation, schemas: dict[Any, Any], *, has_roles: bool) -> dict[str, Any]:
    summary, _, description = each.doc.partition("\n\n")
    shown: dict[str, Any] = {"operationId": each.id, "tags": [_tag(path)], "summary": " ".join(summary.split())}
    if description:
        shown["description"] = " ".join(description.split())
    queries = (_parameter("query", one, schemas) for one in each.query)
    headers = (_parameter("header", one, schemas) for one in each.headers)
    if parameters := [*_path_parameters(path), *queries, *headers]:
        shown["parameters"] = parameters
    if each.body is not None:
        shown["requestBody"] = _request(each.body, schemas)
    if each.is_open:
        shown["security"] = []
    statuses = _statuses(path, each, has_roles=has_roles and method != "get")
    answers = {str(status): _answer(kind, schemas) for status, kind in each.answers.items()}
    errors = {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}
    return shown | {"responses": errors | answers}


def _statuses(path: str, each: Operation, *, has_roles: bool) -> list[int]:
    """The statuses of the errors that an operation may be answered with."""
    statuses = {400, 429, 500, 503, *each.errors}
    if not each.is_open:
        statuses |= {401, 403} if has_roles else {401}
    if "{" in path or each.body is not None or each.query:
        statuses.add(404)
    if each.body is not None:
        statuses |= {413, 415}
    return sorted(statuses)


def _tag(path: str) -> str:
    nouns = [part.partition(".")[0] for part in path.removeprefix("/carillon/v1").split("/")[1:] if "{" not in part]
    return next((noun for noun in nouns if noun in _OWNED or noun in registry.nouns()), nouns[0])


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    described = _PATH | registry.path_parts()
    for part in path.split("{")[1:]:
        name = part.partition("}")[0]
        schema = {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "description": described[name], "schema": schema}


def _parameter(place: str, parameter: Parameter, schemas: dict[Any, Any]) -> dict[str, Any]:
    schema = dict(schemas[parameter.kind])
    shown = {"name": parameter.name, "in": place, "description": schema.pop("description"), "schema": schema}
    return shown | {"required": True} if parameter.required else shown


def _request(kind: Any, schemas: dict[Any, Any]) -> dict[str, Any]:
    if isinstance(kind, Media):
        shown = {"description": kind.description, "content": {name: {} for name in kind.types}}
        return shown | {"required": True}
    required = any(field.required for field in msgspec.structs.fields(kind)) if issubclass(kind, Given) else True
    return {"required": required, "content": {JSON: {"schema": schemas[kind]}}}


def _answer(kind: Any, schemas: dict[Any, Any]) -> dict[str, Any]:
    if kind is None:
        return {"description": "It is done."}
    if isinstance(kind, Media):
        shown: dict[str, Any] = {"description": kind.description}
        return shown | {"content": {name: {} for name in kind.types}} if kind.types else shown
    kinds = alternatives(kind)
    doc = " ".join(f"{each.__doc__}" for each in kinds)
    schema = schemas[kinds[0]] if len(kinds) == 1 else {"anyOf": [schemas[each] for each in kinds]}
    return {"description": " ".join(doc.split()), "content": {JSON: {"schema": schema}}}


def _error(status: int, schema: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"description": _ERRORS[status], "content": {JSON: {"schema": schema}}}
    if headers := _HEADERS.get(status):
        shown["headers"] = {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}
    return shown
