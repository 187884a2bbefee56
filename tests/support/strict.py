"""Finds fields of an answer that its type does not declare: a later version may add some."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from msgspec import inspect

OPEN = {"Event", "Credentials", "OpenedAccount", "Leads", "Application"}
"""Answers that have further fields: each kind, or each dialect, has its own."""


def unknown_field(value: Any, kind: Any) -> str | None:
    """Return the path of a field that a JSON value has and its type does not, e.g. `$.tasks[0].sourse`; None if none.

    `value` must otherwise be valid as `kind`.
    """
    return next(_unknown(value, _type_of(kind), "$"), None)


@cache
def _type_of(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


def _unknown(value: Any, kind: inspect.Type, at: str) -> Iterator[str]:
    match kind:
        case inspect.UnionType():
            fitting = _fitting(value, kind)
            if fitting is not None:
                yield from _unknown(value, fitting, at)
        case inspect.StructType() if isinstance(value, dict):
            yield from _of_struct(value, kind, at)
        case inspect.DictType() if isinstance(value, dict):
            for name, inner in value.items():
                yield from _unknown(inner, kind.value_type, f"{at}.{name}")
        case inspect.ListType() | inspect.VarTupleType() if isinstance(value, list):
            for index, inner in enumerate(value):
                yield from _unknown(inner, kind.item_type, f"{at}[{index}]")
        case inspect.TupleType() if isinstance(value, list):
            for index, (inner, item) in enumerate(zip(value, kind.item_types, strict=False)):
                yield from _unknown(inner, item, f"{at}[{index}]")


def _of_struct(value: dict[str, Any], kind: inspect.StructType, at: str) -> Iterator[str]:
    fields = {field.encode_name: field.type for field in kind.fields}
    for name, inner in value.items():
        if name in fields:
            yield from _unknown(inner, fields[name], f"{at}.{name}")
        elif name != kind.tag_field and kind.cls.__name__ not in OPEN:
            yield f"{at}.{name}"


def _fitting(value: Any, kind: inspect.UnionType) -> inspect.Type | None:
    """Return the member of a union as which a value is decoded: by its tag, else the only one of its JSON type."""
    if isinstance(value, dict):
        structs = [each for each in kind.types if isinstance(each, inspect.StructType)]
        for each in structs:
            if each.tag_field and value.get(each.tag_field) == each.tag:
                return each
        untagged = [each for each in kind.types if isinstance(each, inspect.DictType) or each in structs]
        return untagged[0] if len(untagged) == 1 else None
    if isinstance(value, list):
        shapes = inspect.ListType | inspect.VarTupleType | inspect.TupleType
        return next((each for each in kind.types if isinstance(each, shapes)), None)
    return None
