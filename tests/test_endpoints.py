"""What the five documents name, operation by operation and event by event, has a row in the vendor's page, and the row
names the tests that hold it to the document.

`documents/endpoints.tsv` is the list: vendor, kind, method, and path or name.
"""

import csv
import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).parent / "documents" / "endpoints.tsv"
COUNTS = {"tringme": 11, "ringful": 38, "tingting": 27, "sinch": 39, "ringplan": 76}
TESTED = re.compile(r"test_\w+|Tests: |the same|\ball\b")
_CELLS = re.compile(r"(?<!\\)\|")
_PATH_PART = "[A-Za-z_{}]+"


class Endpoint(NamedTuple):
    """One entry of the list."""

    vendor: str
    kind: str
    method: str
    path: str


class Row(NamedTuple):
    """A row of a table in a vendor's page, and the section that it is in."""

    text: str
    section: str

    @property
    def head(self) -> str:
        """Its first cell."""
        return _CELLS.split(self.text)[1]

    @property
    def is_tested(self) -> bool:
        """Whether it names tests, or its section does for all of its rows."""
        return bool(TESTED.search(_CELLS.split(self.text)[-2])) or "Tests: " in self.section


def listed() -> list[Endpoint]:
    """The whole list."""
    with LIST.open(newline="") as file:
        return [Endpoint(*row) for row in list(csv.reader(file, delimiter="\t"))[1:]]


def rows(vendor: str, page: str | None = None) -> list[Row]:
    """Every row of every table of a vendor's page."""
    text = page if page is not None else (ROOT / "docs" / f"{vendor}.md").read_text()
    sections = re.split(r"^#{2,3} ", text, flags=re.MULTILINE)
    return [Row(line, section) for section in sections for line in section.splitlines() if line.startswith("| ")]


def _holds(endpoint: Endpoint, row: Row) -> bool:
    return {"tringme": _tringme, "ringful": _ringful, "tingting": _tingting, "sinch": _sinch, "ringplan": _ringplan}[
        endpoint.vendor
    ](endpoint, row)


def _tringme(endpoint: Endpoint, row: Row) -> bool:
    if endpoint.kind == "callback":
        return "**setnotifyurl**" in row.head
    return f"**{endpoint.path.partition('op=')[2]}**" in row.head


def _ringful(endpoint: Endpoint, row: Row) -> bool:
    if endpoint.kind == "callback":
        name = endpoint.path.partition("action=")[2]
        return "**SendReceiveSms**" in row.head if name == "(sms reply)" else "**" in row.head and name in row.text
    name = endpoint.path.split("/")[1]
    if endpoint.kind == "rest":
        return f"**{name}**" in row.head
    return "for a conference" in row.head and name in row.head


def _tingting(endpoint: Endpoint, row: Row) -> bool:
    path = endpoint.path.partition(" ")[0].replace("[/]", "").rstrip("/")
    tail = path.removeprefix("/api/system").removeprefix("/api/accounts")
    pattern = re.sub(r"\\\{\w+\\\}", _PATH_PART, re.escape(tail))
    return bool(re.search(rf"\*\*{endpoint.method} [^ *]*{pattern}/?\*\*", row.head))


def _sinch(endpoint: Endpoint, row: Row) -> bool:
    name = endpoint.path.split()[2] if endpoint.kind.startswith("svaml") else endpoint.path.partition("event=")[2]
    if name:
        kinds = {"svaml-action": "## Actions", "svaml-instruction": "## Instructions"}
        heading = kinds.get(endpoint.kind, "").removeprefix("## ").lower()
        return any(f"**{each}**" in row.head for each in name.split("/")) and heading[:-1] in row.section.lower()
    path, _, method = endpoint.path.partition(" ")
    own = re.sub(r"^(/calling)?/v1", "", path)
    named = f"**{endpoint.method}**" in row.head and f"`{own}`" in row.head.replace("\\", "")
    return named and (not method.startswith("method=") or method.removeprefix("method=") in row.head)


def _ringplan(endpoint: Endpoint, row: Row) -> bool:
    if endpoint.kind != "rest":
        return f"`{endpoint.path.split()[-1]}`" in row.head
    head = row.head.replace("\\", "")
    path = re.escape(endpoint.path.removeprefix("/system"))
    pattern = re.sub(r"\\\{\w+\\\}", _PATH_PART, path)
    for named in re.findall(r"\*\*([^*]+)\*\*", head):
        methods, _, paths = named.partition(" /")
        if endpoint.method in re.split(r",\s*", methods) and re.search(rf"(^|[ ,/]){pattern[1:]}($|[ ,])", paths):
            return True
    return False


def test_the_list_has_all_that_the_documents_name() -> None:
    found = listed()
    assert {vendor: sum(one.vendor == vendor for one in found) for vendor in COUNTS} == COUNTS
    assert len(found) == sum(COUNTS.values()) == 191


@pytest.mark.parametrize("vendor", COUNTS)
def test_each_has_a_row_in_its_vendor_s_page_that_names_its_tests(vendor: str) -> None:
    known = rows(vendor)
    ours = [one for one in listed() if one.vendor == vendor]
    missing = [one for one in ours if not any(_holds(one, row) and row.is_tested for row in known)]
    assert [f"{one.method} {one.path}" for one in missing] == []


@pytest.mark.parametrize("vendor", COUNTS)
def test_a_row_that_is_not_there_is_missed(vendor: str) -> None:
    page = (ROOT / "docs" / f"{vendor}.md").read_text()
    first = next(one for one in listed() if one.vendor == vendor)
    without = "\n".join(line for line in page.splitlines() if not _holds(first, Row(line + "| | ", line)))
    assert without != page
    assert not any(_holds(first, row) for row in rows(vendor, without))
