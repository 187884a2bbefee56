"""Unknown fields are found wherever they are, and known ones never."""

from typing import Any

import msgspec
import pytest

from api.own.admin.numbers import NewNumber
from api.own.strict import check, unknown_field
from api.own.v1 import NewCall, NewTasks
from engine.tasks.kinds import AnyTask


class Plain(msgspec.Struct):
    """A type that allows unknown fields."""

    a: int = 0
    inner: "Plain | None" = None
    many: dict[str, "Plain"] = {}
    pairs: tuple[tuple[str, str], ...] = ()


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": 1, "inner": {"a": 2, "many": {"x": {"a": 3}}}}, None),
        ({"b": 1}, "$.b"),
        ({"inner": {"inner": {"a": 1, "A": 2}}}, "$.inner.inner.A"),
        ({"many": {"x": {}, "y": {"c": 1}}}, "$.many.y.c"),
        ({"pairs": [["a", "b"]], "inner": None}, None),
    ],
)
def test_an_unknown_field_is_found_at_any_depth(value: Any, where: str | None) -> None:
    assert unknown_field(value, Plain) == where


@pytest.mark.parametrize(
    ("kind", "value", "where"),
    [
        (NewCall, {"callee": "1", "tasks": [{"kind": "say", "text": "x"}, {"kind": "play", "sourse": "x"}]},
         "tasks[1]"),
        (NewTasks, {"tasks": [{"kind": "dial", "to": "1", "before_bridge": [{"kind": "say", "txt": "x"}]}]},
         "tasks[0].before_bridge[0]"),
        (NewNumber, {"number": "1", "account": "a", "tasks": [{"kind": "pause", "sec": 1}]}, "tasks[0]"),
    ],
)  # fmt: skip
def test_a_field_that_a_task_does_not_have_is_named_with_its_place(kind: Any, value: Any, where: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field") as refused:
        check(msgspec.json.encode(value), kind)
    assert f"`$.{where}`" in str(refused.value)


def test_no_field_that_a_task_has_is_refused() -> None:
    tasks: list[AnyTask] = [
        each() for each in AnyTask.__args__ if not msgspec.structs.fields(each) or _has_defaults(each)
    ]  # type: ignore[attr-defined]
    assert len(tasks) > 5
    check(msgspec.json.encode({"tasks": tasks}), NewTasks)


def _has_defaults(kind: Any) -> bool:
    return not any(field.required for field in msgspec.structs.fields(kind))
