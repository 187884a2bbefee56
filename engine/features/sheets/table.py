"""A file as lines of cells: which format it has is told by its bytes, whatever its name says."""

from collections.abc import Iterator

from engine.features.sheets import csv_table, xlsx_table
from engine.features.sheets.model import SheetLimits, SheetRefused

Line = tuple[int, list[str]]
"""A line's number, from 1, and its cells."""
_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""A stream of the OLE file that an encrypted .xlsx is ([MS-OFFCRYPTO] §2.3.4.4)."""


def lines(data: bytes, limits: SheetLimits) -> Iterator[Line]:
    """Return the lines of a file that are not empty; raises SheetRefused."""
    if not data.strip():
        raise SheetRefused("The file is empty.")
    if len(data) > limits.bytes:
        raise SheetRefused(f"The file must have at most {limits.bytes:,} bytes (it has {len(data):,}).")
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise SheetRefused("The file is encrypted: save it without a password.")
        raise SheetRefused("The file is an .xls of Excel 97-2003: save it as .xlsx or .csv.")
    if data.startswith(b"%PDF"):
        raise SheetRefused("The file is a PDF: send an .xlsx or .csv file.")
    read = xlsx_table.lines if data.startswith(_ZIP) else csv_table.lines
    return _limited(read(data, limits), limits)


def _limited(found: Iterator[Line], limits: SheetLimits) -> Iterator[Line]:
    count = 0
    for number, cells in found:
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > limits.columns:
            raise SheetRefused(f"A sheet must have at most {limits.columns} columns (line {number} has {len(cells)}).")
        count += 1
        if count > limits.rows + 1:  # one is the header
            raise SheetRefused(f"A sheet must have at most {limits.rows:,} rows: split it into several files.")
        yield number, cells
