"""Nobody but a session's own modules sets a session's fields: others call its methods.

mypy refuses to set what is a property. This finds the rest, by name: whatever is set on anything but `self`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
OWN = tuple(ROOT / "engine" / "calls" / f"{name}.py" for name in ("progress", "session", "call_media"))


def _stored(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Every attribute that is assigned to or deleted, in tuples and loops too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield node


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def fields_of_sessions() -> set[str]:
    """The names of what a session and its media have."""
    found: set[str] = set()
    for module in OWN:
        tree = ast.parse(module.read_text())
        found |= {stored.attr for stored in _stored(tree) if _is_self(stored.value)}
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            if any(isinstance(by, ast.Name) and by.id == "property" for by in function.decorator_list):
                found.add(function.name)
    return found


def sets(source: str, names: set[str]) -> list[int]:
    """The lines in which one of these is set on something that is not `self`."""
    tree = ast.parse(source)
    lines = [one.lineno for one in _stored(tree) if one.attr in names and not _is_self(one.value)]
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        called = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        named = [one.value for one in call.args if isinstance(one, ast.Constant)]
        if called in ("setattr", "delattr", "__setattr__") and names.intersection(map(str, named)):
            lines.append(call.lineno)
    return sorted({*lines})


def test_a_session_has_the_fields_that_others_used_to_set() -> None:
    assert {"_call", "_ours", "_ended_as", "_cover", "_conference", "_bridge", "call", "bridge"} <= fields_of_sessions()


@pytest.mark.parametrize(
    "planted",
    [
        "session.bridge = other.bridge = bridge.id",
        "self._session.call = replace(self._session.call, data=None)",
        "leg.conference: str | None = None",
        "member.session._ours, x = None, 1",
        "for session._cover in covers: pass",
        "del session.ended_as",
        "setattr(session, 'call', None)",
        "object.__setattr__(session, '_call', None)",
    ],
)
def test_a_field_that_is_set_from_outside_is_found(planted: str) -> None:
    assert sets(planted, fields_of_sessions()) == [1]


def test_nobody_sets_a_session_s_fields_but_its_own_modules() -> None:
    names = fields_of_sessions()
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for folder in ("engine", "api")
        for file in sorted((ROOT / folder).rglob("*.py"))
        if file not in OWN
        for line in sets(file.read_text(), names)
    ]
    assert found == []
