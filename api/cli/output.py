"""What is printed: tables and sentences for people, JSON for programs."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Output:
    """Standard output in one of two manners; errors go to standard error."""

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        self._console = Console(highlight=False, soft_wrap=True)

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
            table.add_column(column.replace("_", " "), overflow="fold")
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


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(each) for each in value) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{name}={_cell(each)}" for name, each in value.items()) or "-"
    # What a far party sent as its name must not steer the terminal.
    return "".join(letter if letter.isprintable() else " " for letter in str(value))
