"""Tasks that are kept as a setting, shown as a request may give them again: without the engine's own fields."""

from typing import Any

import msgspec

from api.own.schema.engine_tasks import TASK_LIST

_ENGINES = frozenset(
    {"id", "data", "call_data", "stopped_data", "hops", "question", "masked", "purpose", "rules", "admin", "spoken"}
    | {"diverted_by", "ends_with_pair", "sorry", "tag", "call_tag", "stopped_tag"}
)
"""Those with `tag` are names of before 0026, which lists within stored destinations may have."""
_LIST = f"{TASK_LIST}:["


def as_given(shown: Any) -> Any:
    """Return tasks as built-in types without what only the engine gives, at any depth; anything else stays."""
    match shown:
        case {"kind": _}:
            return {name: as_given(value) for name, value in shown.items() if name not in _ENGINES}
        case dict():  # a menu's `expected` is a digest that a dialect made
            return {name: as_given(value) for name, value in shown.items() if name != "expected"}
        case list() | tuple():
            return [as_given(each) for each in shown]
        case str() if shown.startswith(_LIST):
            return _listed(shown)
    return shown


def _listed(text: str) -> str:
    """A destination that is a list of tasks; a text that only begins like one stays."""
    try:
        tasks = msgspec.json.decode(text.removeprefix(f"{TASK_LIST}:"))
    except msgspec.DecodeError:
        return text
    return f"{TASK_LIST}:{msgspec.json.encode(as_given(tasks)).decode()}"
