"""What is printed: tables and sentences for people, JSON for programs."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH = 10_000
_TOLD = (
    *("reason", "detail", "digits", "timed_out", "menu", "how", "value", "status", "recording", "format"),
    *("destination", "seconds", "call", "answered", "cause"),
)


class Output:
    """Standard output in one of two manners; errors go to standard error."""

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        # Wider than any table: a terminal wraps a long line, and a program that reads it finds it whole.
        self._console = Console(highlight=False, width=_WIDTH)

    def data(self, value: Any) -> None:
        """Print JSON."""
        print(json.dumps(value, indent=2, ensure_ascii=False), flush=True)

    def say(self, text: str = "") -> None:
        """Print a line for people; with --json nothing."""
        if not self.json:
            print(text, flush=True)

    def done(self, value: Any, text: str) -> None:
        """Print what was done: the value as JSON, or the sentence."""
        if self.json:
            self.data(value)
        else:
            self.say(text)

    def table(self, value: Any, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], nothing: str) -> None:
        """Print rows as a table (or `nothing`), or the value as JSON."""
        if self.json:
            self.data(value)
            return
        if not rows:
            self.say(nothing)
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column.replace("_", " "), no_wrap=True)
        for row in rows:
            table.add_row(*(Text(_cell(row.get(column))) for column in columns))
        self._console.print(table)

    def fields(self, value: Mapping[str, Any]) -> None:
        """Print one thing, a line a field, or JSON."""
        if self.json:
            self.data(value)
            return
        width = max((len(name) for name in value), default=0)
        for name, field in value.items():
            self.say(f"{name.replace('_', ' ').ljust(width)}  {_cell(field)}")

    def error(self, text: str) -> None:
        """Print why a command failed."""
        print(f"carillon: {text}", file=sys.stderr, flush=True)


def outcome_of(outcome: Mapping[str, Any]) -> str:
    """Return how a task ended in a few words."""
    brought = outcome.get("result") or outcome
    told = [str(outcome["type"])]
    told += [f"{name} {_cell(brought[name])}" for name in _TOLD if brought.get(name) not in (None, "", False)]
    return ", ".join(told)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(each) for each in value) or "-"
    if isinstance(value, dict) and "type" in value:
        return outcome_of(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}={_cell(each)}" for name, each in value.items()) or "-"
    # What a far party sent as its name must not steer the terminal.
    return "".join(letter if letter.isprintable() else " " for letter in str(value))
