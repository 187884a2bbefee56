"""Writes reports as .xlsx and .csv. A value that a spreadsheet would take for a formula is text in both.

What begins with = + - @, a tab or a carriage return may run when the file is opened (OWASP, "CSV Injection"). In an
.xlsx each text is a cell of text; in a .csv such a text gets a ' before it, but a number such as +9779841000000 stays.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

import xlsxwriter

Cell = str | int | float | None
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"\+[0-9]{5,15}")
_LONGEST = 32_767
"""Characters of a cell of an .xlsx (ECMA-376)."""
_MOST_ROWS = 1_048_576
"""Of a sheet of an .xlsx."""
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot have (§2.2)."""
BOM = "\ufeff"
"""By which Excel tells UTF-8."""


def to_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as CSV (RFC 4180) in UTF-8 with a byte order mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([defused(name) for name in header])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return (BOM + out.getvalue()).encode("utf-8", "replace")


def to_xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as .xlsx, of several sheets if one does not hold it; runs in a worker thread."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as workbook:
        sheet, at = workbook.add_worksheet(), 0
        for row in _with_header(header, rows):
            if at >= _MOST_ROWS:
                sheet, at = workbook.add_worksheet(), 0
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at, column, _UNWRITABLE.sub("\ufffd", cell)[:_LONGEST])
                elif cell is not None:
                    sheet.write_number(at, column, cell)
            at += 1
    return out.getvalue()


def defused(text: str) -> str:
    """Return a text as no spreadsheet runs it."""
    return "'" + text if text.startswith(_DANGEROUS) and not _NUMBER.fullmatch(text) else text


def _with_header(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterable[Sequence[Cell]]:
    yield header
    yield from rows


def _csv_cell(cell: Cell) -> Cell:
    return defused(cell) if isinstance(cell, str) else cell
