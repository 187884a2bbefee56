"""The output of commands: tables and sentences, or JSON with --json."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH = 10_000
_NARROWEST = 20
_GAP = 2
_UNBROKEN = frozenset({"id", "number", "name"})  # never cut, because they are arguments of other commands
_RESULT_FIELDS = (
    *("reason", "detail", "digits", "timed_out", "menu", "how", "value", "status", "recording", "format"),
    *("destination", "seconds", "call", "answered", "cause"),
)


class Output:
    """Standard output as text or as JSON; errors go to standard error."""

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        self._width = _columns()
        self._console = Console(highlight=False, width=self._width)

    @property
    def width(self) -> int:
        """How many columns a line has; many if no terminal shows it."""
        return self._width

    def data(self, value: Any) -> None:
        """Print JSON."""
        print(json.dumps(value, indent=2, ensure_ascii=False), flush=True)

    def say(self, text: str = "") -> None:
        """Print a line of text; nothing with --json."""
        if not self.json:
            print(text, flush=True)

    def done(self, value: Any, text: str) -> None:
        """Print the result of a command: the value as JSON, or the sentence."""
        if self.json:
            self.data(value)
        else:
            self.say(text)

    def line(self, value: Any, text: str) -> None:
        """Print one of many results as they come: the value as JSON on one line, or the text."""
        print(json.dumps(value, ensure_ascii=False) if self.json else text, flush=True)

    def table(
        self,
        value: Any,
        rows: Sequence[Mapping[str, Any]],
        columns: Sequence[str],
        nothing: str,
        *,
        spare: Sequence[str] = (),
    ) -> None:
        """Print rows as a table (or `nothing`), or the value as JSON.

        If the terminal is too narrow, the columns of `spare` are left out, the first one first; then cells are broken
        into lines, except ids.
        """
        if self.json:
            self.data(value)
            return
        if not rows:
            self.say(nothing)
            return
        cells = {column: [_cell(row.get(column)) for row in rows] for column in columns}
        kept = fitting(cells, self._width, spare)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in kept:
            table.add_column(column.replace("_", " "), no_wrap=column in _UNBROKEN, overflow="fold")
        for index in range(len(rows)):
            table.add_row(*(Text(cells[column][index]) for column in kept))
        self._console.print(table)
        if left := [column.replace("_", " ") for column in columns if column not in kept]:
            self.say(f"(not shown at {self._width} columns: {', '.join(left)}; --json has everything)")

    def fields(self, value: Mapping[str, Any]) -> None:
        """Print the fields of a value, one a line, or the value as JSON."""
        if self.json:
            self.data(value)
            return
        width = max((len(name) for name in value), default=0)
        for name, field in value.items():
            self.say(f"{name.replace('_', ' ').ljust(width)}  {_cell(field)}")

    def error(self, text: str) -> None:
        """Print a command's error message."""
        print(f"carillon: {text}", file=sys.stderr, flush=True)


def fitting(cells: Mapping[str, Sequence[str]], width: int, spare: Sequence[str]) -> list[str]:
    """Return the columns to show: all, less as many of `spare` as needed to fit into `width`."""
    widths = {name: max(map(cell_len, (name, *column))) for name, column in cells.items()}
    left = list(spare)
    kept = list(widths)
    while left and sum(widths[name] for name in kept) + _GAP * (len(kept) - 1) > width:
        kept = [name for name in kept if name != left[0]]
        del left[0]
    return kept


def _columns() -> int:
    """Return the terminal's width (COLUMNS if it is set); if a program reads the output, more than any table needs."""
    return max(shutil.get_terminal_size().columns, _NARROWEST) if _is_terminal() else _WIDTH


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def outcome_of(outcome: Mapping[str, Any]) -> str:
    """Return how a task ended in a few words."""
    brought = outcome.get("result") or outcome
    parts = [str(outcome["type"])]
    parts += [f"{name} {_cell(brought[name])}" for name in _RESULT_FIELDS if brought.get(name) not in (None, "", False)]
    return ", ".join(parts)


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
    # A remote party's name may contain control characters of the terminal.
    return "".join(letter if letter.isprintable() else " " for letter in str(value))
