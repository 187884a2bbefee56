"""One grammar for vendors: the same rooms, meaning the same, in every folder, and what each says of itself."""

import ast
from pathlib import Path

import pytest

import api.vendors
from api.cli.demo import DIALECT
from api.vendors.registry import SERVED, vendors
from api.vendors.vendor import Vendor

FOLDER = Path(api.vendors.__file__).parent
ADDED = Path(__file__).parents[2] / "support" / "vendors" / "echo"
NEEDED = {
    "": {"vendor", "auth", "errors", "ids"},
    "http": {"routes", "authenticated", "requests", "resources"},
    "events": {"callbacks", "notifications"},
}
ALLOWED = {"signing", "call_data", "fields"}
"""Further files beside the rooms: how requests are signed, what is kept with calls, how JSON is read."""
FOLDERS = pytest.mark.parametrize("folder", [*(FOLDER / name for name in SERVED), ADDED], ids=lambda one: one.name)


def files(folder: Path) -> set[str]:
    return {file.stem for file in folder.glob("*.py")} - {"__init__"}


def test_every_folder_is_served_and_named_as_its_dialect() -> None:
    assert sorted(SERVED) == sorted(file.parent.name for file in FOLDER.glob("*/__init__.py"))
    for name, vendor in zip(SERVED, vendors(), strict=True):
        assert Vendor in vendor.__mro__
        assert (name, name) == (vendor.name, vendor.describe().name)


@FOLDERS
def test_a_vendor_has_the_rooms_that_all_have_and_no_others(folder: Path) -> None:
    for room, needed in NEEDED.items():
        assert needed <= files(folder / room), room
    assert files(folder) <= NEEDED[""] | ALLOWED
    rooms = {each.name for each in folder.iterdir() if each.is_dir()} - {"__pycache__"}
    assert rooms - {"script"} == {"http", "events"}


@FOLDERS
def test_a_package_of_a_vendor_has_a_docstring_and_nothing_else(folder: Path) -> None:
    for file in folder.rglob("__init__.py"):
        tree = ast.parse(file.read_text())
        assert ast.get_docstring(tree) and len(tree.body) == 1, file


@FOLDERS
def test_every_operation_gets_an_authenticated_request(folder: Path) -> None:
    """The classes of operations offer them by `operations`, and each takes the request alone."""
    made = [
        node
        for file in (folder / "http").glob("*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ClassDef) and node.name.endswith("Operations")
    ]
    assert made and ("CallOperations" in {node.name for node in made}) == (folder / "http" / "calls.py").exists()
    for node in made:
        methods = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
        assert "operations" in {each.name for each in methods}, node.name
        for each in methods:
            if isinstance(each, ast.AsyncFunctionDef) and not each.name.startswith("_"):
                assert [ast.unparse(one) for one in each.args.args] == ["self", "request: AuthenticatedRequest"]


def test_the_demonstration_speaks_the_first_dialect_that_calls_by_one_request() -> None:
    described = [vendor.describe() for vendor in vendors()]
    assert next(dialect.name for dialect in described if dialect.first_call) == DIALECT
