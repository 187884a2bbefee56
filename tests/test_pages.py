"""Tests that the vendors' pages name are there, and what is served has its row."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from api.vendors.sinch.script.actions import ALLOWED

ROOT = Path(__file__).parents[1]
PAGES = ("ringful", "ringplan", "sinch", "tingting", "tringme")
NODE = re.compile(r"(?P<file>tests/[\w/]+\.py)|::(?:\w+::)?(?P<test>test_\w+)")
FUNCTION = re.compile(r"^ *(?:async )?def (?P<name>\w+)\(", re.MULTILINE)
NAMED = re.compile(r"`(?P<test>[a-z0-9_…]{4,})`|\b(?P<file>(?:\w+/)*test_\w+)\b")


@cache
def functions() -> dict[str, set[str]]:
    """The names of all tests, by their file's name alone and behind its folders; files of one name count as one."""
    found: dict[str, set[str]] = {}
    for file in ROOT.glob("tests/**/test_*.py"):
        names = {one["name"] for one in FUNCTION.finditer(file.read_text())}
        parts = file.relative_to(ROOT).with_suffix("").parts
        for beginning in range(len(parts)):
            found.setdefault("/".join(parts[beginning:]), set()).update(names)
    return found


def missing(text: str, tests: dict[str, set[str]]) -> list[str]:
    """Read a page; a name in backticks is a test of the file named before it, and … stands for anything."""
    wrong, files = [], list[str]()
    for line in text.splitlines():
        for named in NAMED.finditer(line):
            if file := named["file"]:
                files = [file]
                wrong += [file] if file not in tests else []
            elif (test := named["test"]).startswith("test_") or "…" in test:
                pattern = re.compile(re.escape(test).replace("…", ".*"))
                if not any(pattern.fullmatch(name) for file in files for name in tests.get(file, ())):
                    wrong.append(f"{' '.join(files)}: {test}")
    return wrong


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    assert missing((ROOT / "docs" / f"{page}.md").read_text(), functions()) == []


def test_a_test_that_is_not_there_is_noticed() -> None:
    tests = {"test_some": {"test_that_one"}}
    page = "test_some `test_that_…` and test_other: `test_none`"
    assert missing(page, tests) == ["test_other", "test_other: test_none"]


def test_every_action_of_a_script_has_its_row() -> None:
    page = (ROOT / "docs" / "sinch.md").read_text().lower()
    assert [name for name in ALLOWED if f"**{name}**" not in page] == []


def test_every_fault_found_by_trying_names_tests_that_are_there() -> None:
    section = (ROOT / "docs" / "testing.md").read_text().partition("\n## Found by trying\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ") and not line.startswith("| tried ")]
    assert len(rows) > 100
    assert [row for row in rows if "tests/" not in row] == []
    assert [f"{file}: {test}" for row in rows for file, test in named_in(row) if not has(ROOT / file, test)] == []


def test_a_fault_whose_test_is_not_there_is_noticed() -> None:
    row = "| a | b | tests/test_pages.py::test_none, ::test_a_test_that_is_not_there_is_noticed; tests/none.py |"
    found = [has(ROOT / file, test) for file, test in named_in(row)]
    assert found == [True, False, True, False]


def named_in(row: str) -> Iterator[tuple[str, str]]:
    """The files and tests of a row; `::name` is one of the file named before it, a file alone has no test's name."""
    file = ""
    for named in NODE.finditer(row):
        if named["file"]:
            file = named["file"]
            yield file, ""
        else:
            yield file, named["test"]


def has(file: Path, test: str) -> bool:
    """Whether a file is there and has a test of that name."""
    return file.is_file() and re.search(rf"^\s*(async )?def {test}", file.read_text(), re.MULTILINE) is not None
