"""Writes generated.py from the Swagger 1.1 files that Asterisk ships (`/usr/share/asterisk/rest-api`).

    python -m engine.ari.generate FOLDER > engine/ari/generated.py

Only names and types are copied: the descriptions in those files are under Asterisk's licence.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCALARS = {
    "string": "str",
    "int": "int",
    "long": "int",
    "double": "float",
    "boolean": "bool",
    "Date": "str",
    "object": "dict[str, Any]",
}
ZEROS = {"str": '""', "int": "0", "float": "0.0", "bool": "False", "dict[str, Any]": "{}"}
BODIES = {"object": "Mapping[str, Any]", "containers": "Mapping[str, Any] | Sequence[Mapping[str, Any]]"}
KEYWORDS = {"from", "continue", "import", "class"}
# They have the field `type` and are not events: they are sent to Asterisk, or are base classes.
BASES = {"Message", "Event"}
NOT_EVENTS = {"RESTRequest"}

HEAD = '''"""Asterisk's REST interface. Written by engine.ari.generate, hence its length; do not edit.

A required field that holds text, a number or a list is empty when Asterisk leaves it out; an optional one is None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias
from urllib.parse import quote

from msgspec import Struct, field
from msgspec.json import Decoder

QueryValue: TypeAlias = "str | int | bool | Sequence[str] | None"


class Transport(Protocol):
    """Carries one request to Asterisk and returns the body of a successful answer; errors.AriError otherwise."""

    async def request(self, method: str, path: str, query: Mapping[str, QueryValue] | None, body: Any) -> bytes: ...


class _Resource:
    __slots__ = ("_request",)

    def __init__(self, transport: Transport) -> None:
        self._request = transport.request
'''

EVENT_BASE = """
class Event(Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    application: str = ""
    timestamp: str = ""
    asterisk_id: str | None = None
"""


def snake(name: str) -> str:
    """Returns a camelCase name in snake_case: sendDTMF becomes send_dtmf."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return f"{spaced}_" if spaced in KEYWORDS else spaced


def python_type(swagger: str) -> str:
    """Returns the Python type of a Swagger type; a model keeps its name."""
    if inner := re.fullmatch(r"List\[(\w+)\]", swagger):
        return f"tuple[{python_type(inner[1])}, ...]"
    return SCALARS.get(swagger, swagger)


def may_be_empty(model: Json, models: Json) -> bool:
    """Returns whether every field of the model has a default, so that a field of this model can have one."""
    held = [
        models[one["type"]] for one in model["properties"].values() if one.get("required") and one["type"] in models
    ]
    return "id" not in model["properties"] and all(may_be_empty(one, models) for one in held)


def field_line(name: str, declared: Json, models: Json) -> str:
    """Returns one field of a model, with a default for what another version of Asterisk may leave out."""
    kind = python_type(declared["type"])
    required = declared.get("required", False)
    if not required:
        kind, default = f"{kind} | None", "None"
    elif name == "id":
        default = ""
    elif kind in models:
        default = f"{kind}()" if may_be_empty(models[kind], models) else ""
    else:
        default = "()" if kind.startswith("tuple") else ZEROS.get(kind, "")
    spelt = snake(name)
    if spelt == name:
        return f"    {spelt}: {kind}" + (f" = {default}" if default else "")
    return f'    {spelt}: {kind} = field({f"default={default}, " if default else ""}name="{name}")'


def model_lines(name: str, models: Json, events: set[str]) -> Iterator[str]:
    yield f"\nclass {name}({'Event' if name in events else 'Struct'}, frozen=True, kw_only=True):"
    properties: Json = models[name]["properties"]
    if not properties:
        yield "    pass"
    for key, declared in properties.items():
        yield field_line(key, declared, models)
    yield ""


def in_order(models: Json) -> list[str]:
    """Returns the names of the models, each after those that it contains."""
    done: list[str] = []

    def visit(name: str) -> None:
        if name in done:
            return
        for declared in models[name]["properties"].values():
            held = re.sub(r"List\[(\w+)\]", r"\1", declared["type"])
            if held in models and held != name:
                visit(held)
        done.append(name)

    for name in models:
        visit(name)
    return done


def argument(parameter: Json) -> str:
    kind = parameter["dataType"]
    name = snake(parameter["name"])
    if parameter["paramType"] == "path":
        return f"{name}: str"
    if parameter["paramType"] == "body":
        hint = BODIES[kind]
    else:
        hint = "str | Sequence[str]" if parameter.get("allowMultiple") else python_type(kind)
    return f"{name}: {hint}" if parameter.get("required") else f"{name}: {hint} | None = None"


def body_expression(parameter: Json) -> str:
    """Returns the expression of the body: an unnamed object as it is, a named container under its name."""
    name = snake(parameter["name"])
    if parameter["dataType"] == "object":
        return name
    wrapped = f'{{"{parameter["name"]}": {name}}}'
    return wrapped if parameter.get("required") else f"None if {name} is None else {wrapped}"


def path_expression(path: str) -> str:
    if "{" not in path:
        return f'"{path}"'
    return 'f"' + re.sub(r"\{(\w+)\}", lambda hole: f"{{quote({snake(hole[1])}, safe='')}}", path) + '"'


def decoder_name(kind: str) -> str:
    return "_decode_" + re.sub(r"\W+", "_", snake(kind)).strip("_")


def operation_lines(path: str, operation: Json) -> Iterator[str]:
    if operation["nickname"] == "eventWebsocket":  # connection.py opens it
        return
    parameters = operation.get("parameters", [])
    on_path = [p for p in parameters if p["paramType"] == "path"]
    others = sorted((p for p in parameters if p["paramType"] != "path"), key=lambda p: not p.get("required"))
    arguments = ["self", *map(argument, on_path), *(["*"] if others else []), *map(argument, others)]
    kind = operation["responseClass"]
    result = {"void": "None", "binary": "bytes"}.get(kind, python_type(kind))
    query = [f'"{p["name"]}": {snake(p["name"])}' for p in others if p["paramType"] == "query"]
    body = next((body_expression(p) for p in others if p["paramType"] == "body"), "None")
    request = (
        f'await self._request("{operation["httpMethod"]}", {path_expression(path)}, '
        f"{'{' + ', '.join(query) + '}' if query else 'None'}, {body})"
    )
    yield f"\n    async def {snake(operation['nickname'])}({', '.join(arguments)}) -> {result}:"
    if kind == "void":
        yield f"        {request}"
    elif kind == "binary":
        yield f"        return {request}"
    else:
        yield f"        return {decoder_name(kind)}({request})"


def class_name(stem: str) -> str:
    return stem[0].upper() + stem[1:] + "Resource"


def resource_lines(stem: str, description: Json) -> Iterator[str]:
    yield f"\n\nclass {class_name(stem)}(_Resource):\n    __slots__ = ()"
    for api in description["apis"]:
        for operation in api["operations"]:
            yield from operation_lines(api["path"], operation)


def decoder_lines(descriptions: dict[str, Json]) -> Iterator[str]:
    kinds = {
        operation["responseClass"]
        for description in descriptions.values()
        for api in description["apis"]
        for operation in api["operations"]
    }
    for kind in sorted(kinds - {"void", "binary", "Message"}):
        yield f"{decoder_name(kind)} = Decoder({python_type(kind)}).decode"


def registry_lines(stems: list[str]) -> Iterator[str]:
    """Returns the base class of the client, with one attribute for each file."""
    yield "\n\nclass Resources:"
    yield '    """Every resource of Asterisk, by ari-py\'s names."""\n'
    yield "    def __init__(self, transport: Transport) -> None:"
    for stem in stems:
        yield f"        self.{snake(stem)} = {class_name(stem)}(transport)"


def generate(folder: Path) -> str:
    """Returns the text of generated.py from the description files in `folder`; raises SystemExit if there are none."""
    loaded = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    descriptions = {stem: one for stem, one in loaded.items() if stem != "resources"}
    if "channels" not in descriptions:
        raise SystemExit(f"{folder} holds no channels.json: name Asterisk's rest-api folder.")
    models = {name: model for one in descriptions.values() for name, model in one.get("models", {}).items()}
    events = set(models["Message"]["subTypes"] + models["Event"]["subTypes"]) - BASES
    names = [name for name in in_order(models) if name not in BASES | NOT_EVENTS]
    lines = [HEAD, EVENT_BASE.rstrip("\n"), ""]
    for name in names:
        lines += model_lines(name, models, events)
    lines.append("\nAnyEvent: TypeAlias = (\n    " + "\n    | ".join(n for n in names if n in events) + "\n)\n")
    lines += decoder_lines(descriptions)
    for stem, description in descriptions.items():
        lines += resource_lines(stem, description)
    lines += registry_lines(list(descriptions))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.stdout.write(generate(Path(sys.argv[1])))
