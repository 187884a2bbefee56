"""Contacts are read from any spreadsheet or table of text, and a file that is none is refused with a sentence."""

import asyncio
import io
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.features.sheets import csv_table, reading, worker
from engine.features.sheets.contacts import contacts
from engine.features.sheets.model import Answered, Contacts, SheetLimits, SheetRefused, SheetRow
from engine.features.sheets.reading import Sheets
from engine.features.sheets.table import lines
from engine.features.sheets.writing import to_csv, to_xlsx

LIMITS = SheetLimits()


def read(data: bytes, country: str = "US", limits: SheetLimits = LIMITS) -> Contacts:
    """Read a file in this process."""
    return contacts(lines(data, limits), country, limits)


def xlsx(*rows: Sequence[Any]) -> bytes:
    """Return a spreadsheet as another program writes it."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def shown(found: Contacts) -> list[tuple[int, str, dict[str, str]]]:
    """Return what was read, as tuples."""
    return [(row.line, row.number, row.tags) for row in found.rows]


def test_a_spreadsheets_numbers_are_whole_and_its_other_columns_are_tags() -> None:
    found = read(
        xlsx(
            ["Name", "Phone No.", "Amount", "Paid"],
            ["Ram", 9.8412e9, 1500.5, True],
            ["Sita", "+977 984-3818700", 20, False],
            ["Hari", "09851023212", None, None],
        ),
        "NP",
    )
    assert shown(found) == [
        (2, "9779841200000", {"Name": "Ram", "Amount": "1500.5", "Paid": "true"}),
        (3, "9779843818700", {"Name": "Sita", "Amount": "20", "Paid": "false"}),
        (4, "9779851023212", {"Name": "Hari"}),
    ]
    assert found.tags == ("Name", "Amount", "Paid")


def test_a_nepali_header_and_devanagari_digits_are_read() -> None:
    found = read("नाम,मोबाइल नम्बर\nराम,९८५१०२३२१२\n".encode(), "NP")
    assert shown(found) == [(2, "9779851023212", {"नाम": "राम"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_of_text_is_read_in_any_encoding_and_with_any_delimiter(encoding: str, delimiter: str) -> None:
    rows = [["Name", "number", "Straße"], ["Zoë Müller", "201-555-0140", "Bäckergasse"], ["Jürgen", "2015550141", "Öd"]]
    found = read("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    assert shown(found) == [
        (2, "12015550140", {"Name": "Zoë Müller", "Straße": "Bäckergasse"}),
        (3, "12015550141", {"Name": "Jürgen", "Straße": "Öd"}),
    ]


def test_bad_rows_are_reported_by_line_and_duplicates_are_merged() -> None:
    found = read(
        b"number,name,city\n2015550140,Ann,\n\nnonsense,Ben,\n,Cid,\n+1 (201) 555-0140,Anna,Troy\n9.84E+09,Dan,\n"
    )
    assert shown(found) == [(2, "12015550140", {"name": "Ann", "city": "Troy"})]
    assert (found.duplicates, found.wrong) == (1, 3)
    assert [error.line for error in found.errors] == [4, 5, 7]
    assert "format its column as text" in found.errors[2].reason


def test_a_quoted_cell_may_have_lines_and_the_next_one_is_still_counted_rightly() -> None:
    found = read(b'number,note\n2015550140,"one\ntwo"\nbad,x\n2015550141,y\n')
    assert [(line, number) for line, number, _ in shown(found)] == [(2, "12015550140"), (5, "12015550141")]
    assert [error.line for error in found.errors] == [4]


def test_without_a_header_the_one_column_that_looks_like_numbers_is_taken() -> None:
    assert shown(read(b"Ann;2015550140\nBen;2015550141\n")) == [
        (1, "12015550140", {"column A": "Ann"}),
        (2, "12015550141", {"column A": "Ben"}),
    ]
    assert [row.number for row in read(b"2015550140\n2015550141\n").rows] == ["12015550140", "12015550141"]


def test_two_such_columns_are_not_guessed_between() -> None:
    with pytest.raises(SheetRefused, match=r"\(A, B\)"):
        read(b"2015550140,2015550150\n2015550141,2015550151\n")


def test_excels_own_line_that_names_the_delimiter_is_no_row() -> None:
    assert shown(read(b"sep=;\nnumber;name\n2015550140;Ann\n")) == [(3, "12015550140", {"name": "Ann"})]


def archive(**parts: bytes) -> bytes:
    """Return a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return out.getvalue()


def with_encrypted_bit(data: bytes) -> bytes:
    """Set the flag of encryption in each entry of an archive's directory (APPNOTE §4.4.4)."""
    changed = bytearray(data)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        (flags,) = struct.unpack_from("<H", changed, at + 8)
        struct.pack_into("<H", changed, at + 8, flags | 1)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b" \n", "The file is empty"),
    "an old .xls": (OLE + bytes(600), "save it as .xlsx"),
    "an encrypted .xlsx": (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "an encrypted archive": (with_encrypted_bit(archive(xl__workbook_xml=b"<workbook/>")), "encrypted"),
    "macros": (archive(xl__workbook_xml=b"<workbook/>", xl__vbaProject_bin=b"code"), "has macros"),
    "a .docx": (archive(word__document_xml=b"<document/>"), "not an .xlsx"),
    "half an .xlsx": (xlsx(["number"], [2015550140])[:900], "damaged"),
    "a broken workbook": (archive(xl__workbook_xml=b"<workbook"), "not a spreadsheet"),
    "a PDF": (b"%PDF-1.7 and more", "PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "binary"),
    "no numbers": (b"name,city\nAnn,Troy\nBen,Rome\n", "No column has numbers"),
    "a bomb": (archive(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=bytes(50_000_000)), "so tightly"),
    "many columns": (b"number" + b",x" * 200 + b"\n2015550140\n", "at most 100 columns"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_no_sheet_of_contacts_is_refused_with_a_sentence(what: str) -> None:
    data, sentence = REFUSED[what]
    with pytest.raises(SheetRefused, match=sentence):
        await Sheets().contacts(data, "US")


async def test_a_text_that_is_named_xlsx_is_read_as_what_it_is() -> None:
    assert len((await Sheets().contacts(b"number\n2015550140\n", "US")).rows) == 1


async def test_a_million_rows_are_refused() -> None:
    data = b"number\n" + b"2015550140\n" * 1_000_000
    with pytest.raises(SheetRefused, match="at most 100,000 rows"):
        await Sheets().contacts(data, "US")


async def test_a_file_that_takes_too_long_is_given_up_and_its_process_ends() -> None:
    with pytest.raises(SheetRefused, match=r"within 0\.01 s"):
        await Sheets(SheetLimits(seconds=0.01)).contacts(b"number\n2015550140\n", "US")


async def test_a_file_that_takes_too_much_memory_ends_its_own_process_alone() -> None:
    with pytest.raises(SheetRefused, match="too much memory"):
        await Sheets(SheetLimits(memory=30_000_000)).contacts(b"number\n2015550140\n", "US")


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (SheetLimits(characters=10_000), "at most 10,000 characters"),
        (SheetLimits(tags=150), "at most 150 cells beside its numbers"),
    ],
)
async def test_a_small_file_that_becomes_large_is_refused_while_it_is_read(limits: SheetLimits, sentence: str) -> None:
    data = xlsx(["number", "x" * 60, "y"], *([2015550100 + count, "z" * 100, "w"] for count in range(100)))
    assert len((await Sheets().contacts(data, "US")).rows) == 100
    with pytest.raises(SheetRefused, match=sentence):
        await Sheets(limits).contacts(data, "US")


async def test_other_work_has_its_turn_while_an_answer_is_decoded() -> None:
    rows = [SheetRow(count, "12015550140", {"name": "a\nb"}) for count in range(1050)]
    out, turns = io.BytesIO(), 0
    worker._write(out, Answered(contacts=Contacts(rows=tuple(rows), tags=("name",))))

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(another())
    answer = await reading._decoded(out.getvalue())
    task.cancel()
    assert answer.contacts == Contacts(rows=tuple(rows), tags=("name",))
    assert turns >= 10


def test_the_process_that_reads_gives_way_to_others() -> None:
    code = (
        "import os; from engine.features.sheets import model, worker; "
        "worker._confine(model.SheetLimits()); print(os.nice(0))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert int(said.stdout) == min(19, os.nice(0) + 10)


async def test_entities_are_not_expanded() -> None:
    good = xlsx(["number"], [2015550140])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + content.split(b"?>", 1)[-1]
            target.writestr(entry, content)
    with pytest.raises(SheetRefused, match="not a spreadsheet that can be read"):
        await Sheets().contacts(out.getvalue(), "US")


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_whatever_the_bytes_there_are_contacts_or_a_sentence(data: bytes) -> None:
    try:
        read(data)
    except SheetRefused as error:
        assert str(error).endswith((".", "line.", "'number'."))


_CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), max_size=20)


@settings(max_examples=60, deadline=None)
@given(tags=st.lists(_CELLS, min_size=1, max_size=20), as_xlsx=st.booleans())
def test_what_was_written_is_read_again(tags: list[str], as_xlsx: bool) -> None:
    rows = [(f"+1201555{index:04d}", tag) for index, tag in enumerate(tags)]
    data = (to_xlsx if as_xlsx else to_csv)(("number", "tag"), rows)
    found = read(data)
    assert [row.number for row in found.rows] == [number[1:] for number, _ in rows]
    for row, tag in zip(found.rows, tags, strict=True):
        assert row.tags.get("tag", "").removeprefix("'") == tag.removeprefix("'")


def test_a_guess_of_the_encoding_never_fails() -> None:
    assert csv_table.decoded(bytes(range(128, 256)))
