"""Whether an answer is what its operation declares: a status, a type, and no field besides."""

import json
import re
from functools import cache
from typing import Any

import msgspec

from api.own.openapi import alternatives, document, operations
from api.own.openapi_files import applications
from api.own.operations import Media, Operation
from api.own.schema.account import Problem
from tests.support.strict import unknown_field


class Declared:
    """The operations of one of our applications: `v1` or `admin`."""

    def __init__(self, name: str) -> None:
        app, about = applications()[name]
        paths = document(app, about)["paths"]
        found = [(method, path, each) for method, path, each in operations(app) if each is not None]
        self._found = [
            (method, _pattern(path), each, set(paths[path][method]["responses"]))
            for method, path, each in sorted(found, key=lambda one: one[1].count("{"))
        ]

    def check(self, method: str, target: str, status: int, text: bytes) -> None:
        """Raise AssertionError for an answer that is not declared; a path without an operation has other tests."""
        path = target.partition("?")[0]
        for verb, pattern, each, statuses in self._found:
            if verb == method.lower() and pattern.fullmatch(path):
                assert str(status) in statuses, f"{method} {path}: {status} is not among {sorted(statuses)}"
                _check(each, status, text)
                return


@cache
def declared(name: str) -> Declared:
    """The operations of `v1` or `admin`, made once."""
    return Declared(name)


def _pattern(path: str) -> re.Pattern[str]:
    """A name of a prompt may have slashes."""
    part = ".+" if "/prompts/" in path else "[^/]+"
    return re.compile(re.sub(r"\\\{\w+\\\}", part, re.escape(path)))


def _check(each: Operation, status: int, text: bytes) -> None:
    kind = each.answers.get(status, Problem)
    if isinstance(kind, Media):
        return
    if kind is None:
        assert text == b"", f"{each.id}: {status} has a body"
        return
    body = json.loads(text)
    faults = [_fault(body, one) for one in alternatives(kind)]
    assert None in faults, f"{each.id}: {status} is not as declared: {faults}: {text.decode()}"


def _fault(body: Any, kind: Any) -> str | None:
    try:
        msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        return f"{kind.__name__}: {error}"
    where = unknown_field(body, kind)
    return where and f"{kind.__name__} declares no {where}"
