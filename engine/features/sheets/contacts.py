"""What contacts the lines of a sheet are: the header and the column of numbers are found, numbers are read."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

from engine.features.errors import InvalidNumber
from engine.features.numbers.phone_numbers import normalise
from engine.features.sheets.model import Contacts, SheetError, SheetLimits, SheetRefused, SheetRow
from engine.features.sheets.table import Line

NAMES = (
    "number", "numbers", "phone number", "phone", "phones", "phone no", "mobile number", "mobile", "mobile no",
    "mobile phone", "cell", "cell phone", "cellphone", "telephone", "telephone number", "tel", "contact number",
    "contact no", "contact", "msisdn", "to", "recipient", "nummer", "telefon", "telefonnummer", "handy", "rufnummer",
    "नम्बर", "नंबर", "फोन नम्बर", "फोन", "मोबाइल नम्बर", "मोबाइल", "सम्पर्क नम्बर", "सम्पर्क", "टेलिफोन",
    "numéro", "téléphone", "número", "teléfono", "telefone", "celular", "móvil",
)  # fmt: skip
"""What the column of numbers may be called; if several columns are, the first of these names wins."""
_RANK = {unicodedata.normalize("NFC", name): rank for rank, name in enumerate(NAMES)}
_HEADER_LINES = 20
"""In which the header is looked for."""
_SAMPLE = 200
_LIKE_NUMBERS = 0.6
"""The share of a column's cells that must be numbers for it to look like the numbers' column."""
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}")
_LONGEST_NAME = 64


def contacts(lines: Iterable[Line], country: str, limits: SheetLimits) -> Contacts:
    """Return the contacts of a sheet, numbers read as in `country` (ISO 3166); raises SheetRefused."""
    lines = iter(lines)
    first = list(islice(lines, _SAMPLE))
    header, column = _found(first, country)
    begin = 0 if header is None else header + 1
    names = _names(first[header][1] if header is not None else [], first[begin:])
    reading = _Reading(country, column, names, limits)
    for number, cells in first[begin:]:
        reading.take(number, cells)
    for number, cells in lines:
        reading.take(number, cells)
    return reading.result(names)


class _Reading:
    """Reads lines."""

    def __init__(self, country: str, column: int, names: list[str], limits: SheetLimits) -> None:
        self._country, self._column, self._names, self._limits = country, column, names, limits
        self._rows: dict[str, SheetRow] = {}
        self._errors: list[SheetError] = []
        self._wrong = self._duplicates = self._tags = self._characters = 0

    def take(self, line: int, cells: list[str]) -> None:
        """Read a line."""
        try:
            self._add(line, cells)
        except InvalidNumber as error:
            self._wrong += 1
            if len(self._errors) < self._limits.errors:
                self._errors.append(SheetError(line, str(error)))

    def _add(self, line: int, cells: list[str]) -> None:
        written = cells[self._column] if self._column < len(cells) else ""
        if not written:
            raise InvalidNumber("There is no number.")
        number = number_of(written, self._country)
        if long := next((cell for cell in cells if len(cell) > self._limits.cell), None):
            raise InvalidNumber(f"A cell has {len(long)} characters; {self._limits.cell} are allowed.")
        named = enumerate(zip(self._names, cells, strict=False))
        tags = {name: cell for index, (name, cell) in named if index != self._column and cell}
        self._count(tags)
        if (before := self._rows.get(number)) is None:
            self._rows[number] = SheetRow(line, number, tags)
            return
        self._duplicates += 1
        self._rows[number] = SheetRow(before.line, number, tags | before.tags)

    def _count(self, tags: dict[str, str]) -> None:
        self._tags += len(tags)
        self._characters += sum(len(name) + len(cell) for name, cell in tags.items())
        most_tags, most = self._limits.tags, self._limits.characters
        if self._tags > most_tags:
            raise SheetRefused(
                f"A sheet must have at most {most_tags:,} cells beside its numbers: split it into several files."
            )
        if self._characters > most:
            raise SheetRefused(
                f"The cells of a sheet, each with its column's name, must have at most {most:,} characters: "
                "split it into several files."
            )

    def result(self, names: list[str]) -> Contacts:
        """Return what was read."""
        return Contacts(
            rows=tuple(self._rows.values()),
            errors=tuple(self._errors),
            wrong=self._wrong,
            duplicates=self._duplicates,
            tags=tuple(name for index, name in enumerate(names) if index != self._column),
        )


def number_of(written: str, country: str) -> str:
    """Return the international digits of a number as a sheet has it; raises InvalidNumber."""
    written = written.removeprefix("'").removeprefix("tel:")
    if _SHORTENED.fullmatch(written):
        raise InvalidNumber(
            f"The spreadsheet shortened the number to {written}: format its column as text and export it again."
        )
    ascii_digits = "".join(str(unicodedata.digit(each)) if each.isdigit() else each for each in written)
    return normalise(ascii_digits, country)


def _found(first: list[Line], country: str) -> tuple[int | None, int]:
    """Return the index of the header (None: there is none) and of the column of numbers; raises SheetRefused."""
    for index, (_, cells) in enumerate(first[:_HEADER_LINES]):
        ranks = {column: _RANK[name] for column, cell in enumerate(cells) if (name := _plain(cell)) in _RANK}
        if ranks:
            return index, min(ranks, key=lambda column: ranks[column])
    width = max((len(cells) for _, cells in first), default=0)
    like = [column for column in range(width) if _looks_like_numbers(first, column, country)]
    if not like:
        raise SheetRefused("No column has numbers: name the column of numbers 'number' in the first line.")
    if len(like) > 1:
        letters = ", ".join(_letter(column) for column in like)
        raise SheetRefused(f"Several columns look like numbers ({letters}): name the one to use 'number'.")
    (column,) = like
    has_header = not _is_number(first[0][1], column, country) and any(first[0][1])
    return (0 if has_header else None), column


def _looks_like_numbers(first: list[Line], column: int, country: str) -> bool:
    filled = [cells for _, cells in first if column < len(cells) and cells[column]]
    return bool(filled) and sum(_is_number(cells, column, country) for cells in filled) >= _LIKE_NUMBERS * len(filled)


def _is_number(cells: list[str], column: int, country: str) -> bool:
    try:
        return column < len(cells) and bool(number_of(cells[column], country))
    except InvalidNumber:
        return False


def _names(header: list[str], lines: list[Line]) -> list[str]:
    """Return a name for each column: the header's, once each; a column without one is called by its letter."""
    width = max((len(cells) for _, cells in lines), default=0)
    names: list[str] = []
    for column in range(max(width, len(header))):
        name = header[column][:_LONGEST_NAME] if column < len(header) else ""
        name, count = name or f"column {_letter(column)}", 2
        plain = name
        while name in names:
            name, count = f"{plain} {count}", count + 1
        names.append(name)
    return names


def _plain(cell: str) -> str:
    """Return a column's name as NAMES has it: "Phone_No." is "phone no"."""
    return " ".join(re.sub(r"[_.:\-/()#*]+", " ", unicodedata.normalize("NFC", cell)).split()).casefold()


def _letter(column: int) -> str:
    """Return a column's letters as spreadsheets have them: A, B, …, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
