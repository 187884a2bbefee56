"""Rows of the audit's table, as text."""

import json
from collections.abc import Mapping
from typing import Any

COLUMNS = ("when", "who", "what", "subject", "change")


def row(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a change as a row of COLUMNS; its `change` lists the fields with their values before and after."""
    by = entry["by"]
    actor = by["name"] if by["kind"] in ("admin", "system") else f"{by['kind']} {by['name']}"
    return {
        "when": entry["at"],
        "who": actor,
        "what": entry["what"],
        "subject": entry["subject"],
        "change": difference(entry["before"], entry["after"]),
    }


def difference(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """Return fields as `name: old → new`, or `name: value` if the field is only there before or only after."""
    old, new = before or {}, after or {}
    return "; ".join(_field(name, old, new) for name in {**old, **new})


def _field(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    shown = [_value(fields[name]) for fields in (old, new) if name in fields]
    return f"{name.replace('_', ' ')}: {' → '.join(shown)}"


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_value, value)) or "-"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
