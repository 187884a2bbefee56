"""Reports: no value runs as a formula, and numbers stay numbers."""

import csv
import io

import openpyxl
import pytest

from engine.features.sheets.writing import BOM, to_csv, to_xlsx

DANGEROUS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1")


@pytest.mark.parametrize("value", DANGEROUS)
def test_a_formula_is_text_in_a_csv(value: str) -> None:
    data = to_csv(("name", value), [("Ann", value)]).decode().removeprefix(BOM)
    header, row = csv.reader(io.StringIO(data, newline=""))
    assert header[1] == row[1] == "'" + value


@pytest.mark.parametrize("value", DANGEROUS)
def test_a_formula_is_a_cell_of_text_in_an_xlsx(value: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(("name",), [(value,)]))).active
    assert sheet["A2"].data_type == "s"


def test_a_telephone_number_stays_as_it_is() -> None:
    assert b"+9779841000000" in to_csv(("number",), [("+9779841000000",)])
    assert b"'+" not in to_csv(("number",), [("+9779841000000",)])
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(("number",), [("+9779841000000",)]))).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("+9779841000000", "s")


def test_numbers_and_empty_cells_are_written_as_such() -> None:
    rows = [("Ann", -2, 1.5, None)]
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(("name", "a", "b", "c"), rows))).active
    assert [cell.value for cell in sheet[2]][:3] == ["Ann", -2, 1.5]
    assert to_csv(("name", "a", "b", "c"), rows).decode().splitlines()[1] == "Ann,-2,1.5,"


def test_what_xml_cannot_have_is_replaced() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(("name",), [("a\x00b\ud800c",)]))).active
    assert sheet["A2"].value == "a\ufffdb\ufffdc"
