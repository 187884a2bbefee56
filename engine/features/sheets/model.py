"""What is read of a sheet, and how much of one at most."""

import msgspec

from engine.features.errors import FeatureError


class SheetRefused(FeatureError):
    """A file cannot be read as a sheet of contacts; the message says what is wrong and what would be right."""


class SheetLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What a file may have. Sizes are in bytes, times in seconds.

    `ratio`: how many times larger than packed an entry of the .xlsx may be, if it is more than 1 MB. `tags`: the cells
    beside the numbers' that have something; `characters`: theirs and their names', of all rows together. `memory` and
    `seconds` are those of the process that reads the file; it is killed beyond them.
    """

    bytes: int = 20_000_000
    entries: int = 1000
    unpacked: int = 300_000_000
    ratio: int = 200
    rows: int = 100_000
    columns: int = 100
    cell: int = 1000
    tags: int = 2_000_000
    characters: int = 40_000_000
    errors: int = 1000
    seconds: float = 60.0
    memory: int = 1_500_000_000


class SheetRow(msgspec.Struct, frozen=True):
    """A contact: the line that it was read from (the first is 1), its number in international digits, its tags."""

    line: int
    number: str
    tags: dict[str, str]


class SheetError(msgspec.Struct, frozen=True):
    """A line that is no contact, and why."""

    line: int
    reason: str


class Contacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a file has: contacts in its order, each number once, and the lines that are none.

    `duplicates`: lines whose number came before; their tags were added to it where it had none. `wrong` counts the
    lines that are no contact; `errors` are the first of them. `tags` are the names of the columns beside the number's.
    """

    rows: tuple[SheetRow, ...]
    errors: tuple[SheetError, ...] = ()
    wrong: int = 0
    duplicates: int = 0
    tags: tuple[str, ...] = ()


ROWS_AT_ONCE = 100
"""Rows in a line of the process's answer: other work has its turn between two lines."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What the process that reads a file is told; the file follows."""

    country: str
    limits: SheetLimits


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What it says in its first line: the contacts without their rows, or why there are none.

    A line for each ROWS_AT_ONCE rows follows.
    """

    contacts: Contacts | None = None
    refused: str = ""
