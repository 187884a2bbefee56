"""Tables of text in any encoding and with any of the usual delimiters (RFC 4180 and what spreadsheets write)."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator

from charset_normalizer import from_bytes

from engine.features.sheets.model import SheetLimits, SheetRefused

DELIMITERS = ",;\t|"
_SAMPLE = 65_536
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SINGLE_BYTE = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "shift_jis", "gb18030", "big5", "euc_kr"]
_WESTERN = "cp1252"


def lines(data: bytes, limits: SheetLimits) -> Iterator[tuple[int, list[str]]]:
    """Return the lines of a table; raises SheetRefused."""
    text = decoded(data)
    if "\0" in text:
        raise SheetRefused("The file is neither an .xlsx nor a table of text: it has binary data.")
    rows = text.splitlines(keepends=True)
    if rows and rows[0].lower().startswith("sep=") and len(rows[0].strip()) == 5:  # as Excel writes it
        delimiter, first, rows = rows[0].strip()[-1], 1, rows[1:]
    else:
        delimiter, first = delimiter_of(text[:_SAMPLE]), 0
    csv.field_size_limit(max(limits.bytes, 131_072))
    reader = csv.reader(rows, delimiter=delimiter, skipinitialspace=True)
    number = first + 1
    try:
        for cells in reader:
            yield number, [cell.strip() for cell in cells]
            number = first + reader.line_num + 1
    except csv.Error as error:
        raise SheetRefused(f"Line {first + reader.line_num} cannot be read: {error}.") from error


def decoded(data: bytes) -> str:
    """Return a file's text; raises SheetRefused."""
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    try:
        if encoding is not None:
            return data.decode(encoding)
        if (wide := _utf16(data[:_SAMPLE])) is not None:
            return data.decode(wide)
    except UnicodeDecodeError as error:
        raise SheetRefused(
            f"The file's text is not {error.encoding}, as its beginning says: {error.reason}."
        ) from error
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _guessed(data)


def _utf16(sample: bytes) -> str | None:
    """Return the encoding of UTF-16 without a mark, whose ASCII has a NUL in every second byte; None: it is none."""
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) > 0.4 * half and sample[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[::2].count(0) > 0.4 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _guessed(data: bytes) -> str:
    best = from_bytes(data[:_SAMPLE], cp_isolation=_SINGLE_BYTE).best()
    for encoding in (best.encoding if best else _WESTERN, _WESTERN):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def delimiter_of(sample: str) -> str:
    """Return what separates the cells: what csv.Sniffer finds, else what is most frequent in the first lines."""
    try:
        return csv.Sniffer().sniff(sample, DELIMITERS).delimiter
    except csv.Error:
        counts = Counter(letter for line in sample.splitlines()[:20] for letter in line if letter in DELIMITERS)
        return counts.most_common(1)[0][0] if counts else ","
