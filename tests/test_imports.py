"""A feature's store and tables are imported by the feature alone, which no contract of import-linter can say of all."""

import re
from pathlib import Path

import grimp
import pytest

OWN = re.compile(r"(?P<feature>(?:\w+\.)*features\.\w+)\.(?:store|tables)(?:\.|$)")
EXAMPLE = {
    "mini/__init__.py": "",
    "mini/features/__init__.py": "",
    "mini/features/faxes/__init__.py": "",
    "mini/features/faxes/tables.py": "",
    "mini/features/faxes/store.py": "from mini.features.faxes import tables",
    "mini/features/faxes_too/__init__.py": "",
    "mini/features/faxes_too/service.py": "from mini.features.faxes.store import anything",
    "mini/outside.py": "import mini.features.faxes.tables",
}


def trespasses(graph: grimp.ImportGraph) -> list[str]:
    """Return the imports of a feature's store or tables from outside of its folder."""
    return [
        f"{importer} imports {imported}"
        for imported in sorted(graph.modules)
        if (own := OWN.match(imported))
        for importer in sorted(graph.find_modules_that_directly_import(imported))
        if not f"{importer}.".startswith(f"{own['feature']}.")
    ]


def test_a_features_store_and_tables_are_its_own() -> None:
    graph = grimp.build_graph("engine", "api", cache_dir=None)
    owned = [name for name in graph.modules if OWN.match(name)]
    assert len(owned) > 5
    assert trespasses(graph) == []


def test_an_import_from_another_folder_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in EXAMPLE.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    assert trespasses(grimp.build_graph("mini", cache_dir=None)) == [
        "mini.features.faxes_too.service imports mini.features.faxes.store",
        "mini.outside imports mini.features.faxes.tables",
    ]
