"""The words of the glossary (docs/architecture.md): the engine knows no vendor, the api no channel, and words that were
retired do not come back."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GENERATED = "engine/ari/generated.py"  # its names are those of Asterisk's description

RETIRED = {
    "door": "OutboundCalls",
    "manner": "LegOptions",
    "wholes": "call tree",
    "course": "Lifecycle",
    "book": "SettingsCache",
    "keeper": "RecordingDelivery",
    "keeping": "recording delivery",
    "told": "notified, or what the value is",
    "tell": "notify, deliver, write",
    "telling": "notifications",
    "teller": "writer",
    "untold": "unwritten",
    "story": "summary, timeline",
    "stories": "summaries, timelines",
    "nobody": "none",
    "somebody": "any",
    "everybody": "all",
    "whom": "the thing's own name",
    "who": "the thing's own name",
    "whose": "the thing's own name",
    "patience": "timeout",
}
"""Parts of identifiers that are not used any more, and what is used instead."""

RETIRED_NAMES = {
    "over": ("engine", "api"),
    "Over": ("engine", "api"),
    "Left": ("engine", "api"),
    "Asked": ("engine", "api"),
    "OTHER": ("engine", "api"),
    "whole": ("engine/calls", "engine/tasks", "engine/conferences"),
}
"""Names that had a second meaning, and where they are not used any more."""

VENDORS = r"ringful|sinch|svaml|tringme|tingting|ringplan"
VENDORS_TERMS = r"mxp|pstn|callouts?|ttscallout|dice|kvmd5|connectconf|connectpstn|onhold|confcall\w*"
VENDORS_VALUES = r"n/a|music\d"
"""Values of vendors' documents; each vendor's folder maps them to the engine's own."""

NAMING_VENDORS = {
    "api/vendors/registry.py": "the one line that registers a vendor",
    "api/cli/demo.py": "a customer's program, written for one vendor's API",
}
"""Files under api/ that name vendors though they are in no vendor's folder, and why."""

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def sources(*rooms: str) -> list[Path]:
    files = [file for room in rooms for file in sorted((ROOT / room).rglob("*.py"))]
    return [file for file in files if file.relative_to(ROOT).as_posix() != GENERATED and "migrations" not in file.parts]


def identifiers(text: str) -> set[str]:
    return {one.string for one in tokenize.generate_tokens(io.StringIO(text).readline) if one.type == tokenize.NAME}


def defined(text: str) -> Iterator[str]:
    """The names that a file makes: of classes, functions, parameters, variables, fields and attributes."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def retired(text: str) -> list[str]:
    found = {name for name in identifiers(text) for word in WORD.findall(name) if word.lower() in RETIRED}
    return sorted(found - {"tell"})  # `tell` alone is a file's method


def strings(text: str) -> Iterator[str]:
    """The values that code has: its strings, without docstrings."""
    tree = ast.parse(text)
    documented = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


@pytest.mark.parametrize(
    ("room", "words"),
    [("engine", rf"\b({VENDORS}|{VENDORS_TERMS})\b"), ("api", r"stasis|channel_id")],
)
def test_a_room_does_not_say_what_it_must_not_know(room: str, words: str) -> None:
    files = sources(room)
    assert len(files) > 50
    assert [file.name for file in files if re.search(words, file.read_text(), re.IGNORECASE)] == []


def test_a_vendor_is_named_in_its_own_folder_alone() -> None:
    words = re.compile(rf"\b({VENDORS}|{VENDORS_TERMS})\b", re.IGNORECASE)
    outside = [file for file in sources("api") if file.relative_to(ROOT).parts[:2] != ("api", "vendors")]
    beside = sorted((ROOT / "api" / "vendors").glob("*.py"))
    naming = {str(file.relative_to(ROOT)) for file in (*outside, *beside) if words.search(file.read_text())}
    assert naming == set(NAMING_VENDORS)
    for folder in (file.parent for file in (ROOT / "api" / "vendors").glob("*/__init__.py")):
        others = set(VENDORS.split("|")) - {"svaml", folder.name}
        pattern = re.compile(rf"\b({'|'.join(others)})\b", re.IGNORECASE)
        assert [file.name for file in folder.rglob("*.py") if pattern.search(file.read_text())] == []


def test_the_engine_has_no_vendors_values() -> None:
    found = {
        f"{file.relative_to(ROOT)}: {value}"
        for file in sources("engine")
        for value in strings(file.read_text())
        if re.fullmatch(VENDORS_VALUES, value, re.IGNORECASE)
    }
    assert found == set()


def test_retired_words_name_nothing() -> None:
    found = {str(file.relative_to(ROOT)): retired(file.read_text()) for file in sources("engine", "api")}
    assert {file: names for file, names in found.items() if names} == {}


def test_no_file_has_a_retired_word_in_its_name() -> None:
    files = sources("engine", "api")
    assert [file.name for file in files if set(file.stem.split("_")) & set(RETIRED)] == []


def test_retired_names_are_defined_nowhere() -> None:
    found = {
        (str(file.relative_to(ROOT)), name)
        for file in sources(*dict.fromkeys(room for rooms in RETIRED_NAMES.values() for room in rooms))
        for name in set(defined(file.read_text())).intersection(RETIRED_NAMES)
        if any(file.is_relative_to(ROOT / room) for room in RETIRED_NAMES[name])
    }
    assert found == set()


def test_the_glossary_says_what_stands_for_a_retired_word() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text().partition("\n## Glossary\n")[2].partition("\n## ")[0]
    terms = re.findall(r"^\| \*\*(.+?)\*\* \|", page, re.MULTILINE)
    assert len(terms) >= 30
    assert len(terms) == len(set(terms))


def test_a_retired_word_is_found_in_every_spelling() -> None:
    text = (
        'class DoorPlayer:\n    def _tell_now(self, whom: str) -> None:\n        self._door = f"{whom}"\nbookmark = 1\n'
    )
    assert retired(text) == ["DoorPlayer", "_door", "_tell_now", "whom"]
