"""A capability's rooms in our own API are found by its folder: no list of routes, paths, errors or nouns is edited."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import api.own.features
from api.cli import main
from api.own.features import registry
from api.own.openapi_files import documents
from tests.api.own.installation import TOKEN, Installation

FOLDER = Path(api.own.features.__file__).parent
LOOKED_FOR = {"v1": "ROUTES", "admin": "ADMIN", "schema": "__doc__", "errors": "ERRORS", "cli": "commands"}


@pytest.fixture
def faxes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A capability is added by its folder."""
    monkeypatch.setattr(registry, "PACKAGE", "tests.support.rooms")


async def asked(installation: Installation, server: Any, path: str, token: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with installation.session.get(server.make_url(path), headers=headers) as answer:
        return answer.status, await answer.json()


async def test_its_routes_are_served_to_accounts_and_the_administrator(faxes: None, installation: Installation) -> None:
    made = await installation.account("acme")
    public, admin, token = installation.public_server, installation.admin_server, made["carillon"]["token"]
    shown = {"id": "fax-1", "account": "acme"}
    assert await asked(installation, public, "/carillon/v1/faxes/fax-1", token) == (200, shown)
    assert await asked(installation, admin, "/accounts/acme/faxes/fax-1", TOKEN) == (200, shown)
    status, _ = await asked(installation, public, "/carillon/v1/faxes/fax-1", "nobody.nothing")
    assert status == 401
    status, answer = await asked(installation, public, "/carillon/v1/faxes/blank", token)
    assert (status, answer) == (409, {"error": "There is no paper.", "code": "no_paper"})


def test_its_operations_are_in_both_documents(faxes: None) -> None:
    for name, path in (("v1", "/carillon/v1/faxes/{fax}"), ("admin", "/accounts/{account}/faxes/{fax}")):
        text = documents()[f"{name}.json"].decode()
        assert f'"{path}"' in text and '"faxes"' in text and '"description": "The fax\'s id."' in text


def test_its_noun_is_on_the_command_line(faxes: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faxes", "--help"]) == 0
    assert "Faxes: pages that are sent." in capsys.readouterr().out


@pytest.mark.parametrize("folder", [each.parent for each in FOLDER.glob("*/__init__.py")], ids=lambda one: one.name)
def test_every_room_names_what_is_looked_for(folder: Path) -> None:
    assert any((folder / f"{room}.py").exists() for room in ("v1", "admin", "doctor"))
    for room, name in LOOKED_FOR.items():
        if (folder / f"{room}.py").exists():
            module = importlib.import_module(f"api.own.features.{folder.name}.{room}")
            assert getattr(module, name), f"{module.__name__} does not name {name}"


@pytest.mark.parametrize("file", list(FOLDER.glob("*/__init__.py")), ids=lambda one: one.parent.name)
def test_a_package_has_a_docstring_and_nothing_else(file: Path) -> None:
    tree = ast.parse(file.read_text())
    assert ast.get_docstring(tree) and len(tree.body) == 1


LIGHT = ["engine", "engine.addresses"]
"""What the command line has of the engine: how addresses are written, which takes nothing but Python's own library."""


def test_the_command_line_starts_without_the_engine_and_without_the_other_rooms() -> None:
    code = "import sys; from api.cli import build; from api.cli.context import Cli; from api.cli.output import Output;"
    code += "build(Cli(Output())); print(*sys.modules)"
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=FOLDER.parents[2])
    loaded = run.stdout.split()
    assert [name for name in loaded if name.partition(".")[0] in ("engine", "sqlalchemy")] == LIGHT
    rooms = [name for name in loaded if name.startswith("api.own.features.") and name.count(".") > 3]
    assert rooms and all(name.rpartition(".")[2].startswith("cli") for name in rooms)
