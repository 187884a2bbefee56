"""Spreadsheets (.xlsx, ECMA-376): looked at as a zip file first, then read line by line without formulas."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml import DEFUSEDXML

from engine.features.sheets.model import SheetLimits, SheetRefused

_SMALL = 1_000_000
"""Bytes of an entry whose ratio does not matter."""
_MACROS = "vbaProject.bin"


def lines(data: bytes, limits: SheetLimits) -> Iterator[tuple[int, list[str]]]:
    """Return the lines of the first sheet that has any; raises SheetRefused."""
    assert DEFUSEDXML  # without it entities in a file could read other files, or fill the memory
    check_archive(data, limits)
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise SheetRefused("The file is not a spreadsheet that can be read: save it as .xlsx or .csv again.") from error
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # what the file says of its size is not to be believed
        found = False
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if len(row) > limits.columns and any(cell is not None for cell in row[limits.columns :]):
                raise SheetRefused(f"A sheet must have at most {limits.columns} columns (line {number} has more).")
            cells = [text_of(cell) for cell in row[: limits.columns]]
            if any(cells):
                found = True
                yield number, cells
            elif number > 10 * limits.rows:
                break
        if found:
            return


def check_archive(data: bytes, limits: SheetLimits) -> None:
    """Refuse what is no .xlsx, or would become too large; raises SheetRefused. Nothing is unpacked."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise SheetRefused("The file is damaged: it begins as an .xlsx does, and cannot be opened.") from error
    if len(entries) > limits.entries:
        raise SheetRefused(f"The .xlsx has {len(entries):,} parts; {limits.entries:,} are allowed.")
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise SheetRefused("The file is encrypted: save it without a password.")
    if any(name.endswith(_MACROS) for name in names):
        raise SheetRefused("The file has macros (.xlsm): save it as .xlsx, which has none.")
    if "xl/workbook.xml" not in names and not any(name.startswith("xl/workbook") for name in names):
        raise SheetRefused("The file is a zip archive but not an .xlsx: send an .xlsx or .csv file.")
    if sum(entry.file_size for entry in entries) > limits.unpacked:
        raise SheetRefused(f"The .xlsx would have more than {limits.unpacked // 1_000_000} MB when it is unpacked.")
    for entry in entries:
        if entry.file_size > _SMALL and entry.file_size > limits.ratio * max(1, entry.compress_size):
            raise SheetRefused("A part of the .xlsx is packed so tightly that it is no sheet of contacts.")


def text_of(cell: Any) -> str:
    """Return a cell as text. A number that is whole has no point and no exponent, however it is stored (9.8412e9)."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 2**53:
            return str(int(cell))
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell).strip()
