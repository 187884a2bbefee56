"""What our code calls must be in the description that the running Asterisk serves.

When this fails after an upgrade of Asterisk, run `make ari` and mend what the type checker then finds.
"""

import ast
import base64
import inspect
import json
import types
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import engine
from engine.ari import generated
from engine.ari.generate import generate
from tests.asterisk.ari_system import ari_address


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """generated.py made anew from what Asterisk serves under /ari/api-docs."""
    asterisk = ari_address()
    token = base64.b64encode(f"{asterisk.user}:{asterisk.password}".encode()).decode()

    def get(name: str) -> bytes:
        request = urllib.request.Request(
            f"{asterisk.url}/api-docs/{name}.json", headers={"Authorization": f"Basic {token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())

    folder = tmp_path_factory.mktemp("rest-api")
    for api in json.loads(get("resources"))["apis"]:
        stem = Path(api["path"]).stem.partition(".")[0]
        (folder / f"{stem}.json").write_bytes(get(stem))
    module = types.ModuleType("described")
    source = generate(folder).replace("from __future__ import annotations\n", "")
    exec(compile(source, "described", "exec", dont_inherit=True), module.__dict__)
    return module


def names_in_our_code() -> set[str]:
    """Every attribute, imported name and keyword that the engine mentions."""
    found: set[str] = set()
    for file in Path(next(iter(engine.__path__))).rglob("*.py"):
        if file.name == "generated.py":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.keyword) and node.arg:
                found.add(node.arg)
    return found


def offered(module: Any) -> Iterator[tuple[str, ...]]:
    """(class, field) of each model and event, (resource, operation) and (resource, operation, parameter)."""
    for name, one in vars(module).items():
        if not inspect.isclass(one) or name.startswith("_"):
            continue
        if issubclass(one, msgspec.Struct):
            yield from ((name, field.name) for field in msgspec.structs.fields(one))
        elif name.endswith("Resource"):
            for operation, function in inspect.getmembers(one, inspect.iscoroutinefunction):
                yield name, operation
                yield from ((name, operation, one) for one in inspect.signature(function).parameters)


def test_asterisk_has_every_operation_and_field_that_our_code_uses(described: Any) -> None:
    used = names_in_our_code()
    there = set(offered(described))
    missing = [one for one in offered(generated) if one not in there and used.issuperset(one[1:])]
    assert missing == []


def test_the_committed_client_knows_what_it_is_compared_with() -> None:
    known = set(offered(generated))
    assert {("Channel", "id"), ("ChannelsResource", "create"), ("ChannelsResource", "create", "app_args")} <= known
    assert {"app_args", "snoop_channel_with_id", "PlaybackFinished", "target_uri"} <= names_in_our_code()
