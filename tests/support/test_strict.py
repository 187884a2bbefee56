"""Unknown fields are found wherever they are, and known ones never."""

from typing import Any

import msgspec
import pytest

from tests.support.strict import unknown_field


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
