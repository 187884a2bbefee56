"""An account's keys as commands print them."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.cli.output import Output


def show(output: Output, shown: Mapping[str, Any]) -> None:
    """Print keys: as JSON, or a line for each field that has a value."""
    if output.json:
        output.data(dict(shown))
        return
    for name, value in shown.items():
        if isinstance(value, dict):
            for field, text in _flat(value):
                output.say(f"{name} {field}: {text}")
        elif value is not None:
            output.say(f"{name}: {value}")


def show_opened(output: Output, made: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Print a new account's keys, which numbers it was to have and has not, and what it may call."""
    show(output, made if output.json else {**made, "allowed": None})
    for field in ("texting_number", "fax_number"):
        if wanted[field] and made[field] is None:
            output.say(f"It has no {field.replace('_', ' ')}: the pool CARILLON_NUMBER_POOL has no number left.")
    if made["owner"]:
        output.say("The owner's password is not shown again.")
    prefixes = ", ".join(f"+{prefix}…" for prefix in made["allowed"])
    output.say(
        f"It may call its own extensions and numbers, and the lab's personas ({prefixes}). To allow more: "
        f"carillon accounts allow {made['name']} +44"
    )


def _flat(fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield fields by their names, those of fields that have some by the names of both."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from ((f"{name} {inner}", shown) for inner, shown in _flat(value))
        else:
            yield name, value
