"""All tables and all migrations: those of the call core, and those that features have in their folders.

A feature's tables are in `tables.py`, on the metadata of engine.store.tables, or in its store; its revisions are in
`migrations/`. All revisions are one line, whichever folder they are in: each takes the next number that is free.
"""

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from engine.store.tables import metadata

FEATURES = Path(__file__).parents[1] / "features"
"""The folder of the features. They are found by their folders: the store is below them and imports none."""
_TABLES = ("tables", "store")


def complete() -> MetaData:
    """Return the metadata with the tables of every feature."""
    for module in _TABLES:
        for file in sorted(FEATURES.glob(f"*/{module}.py")):
            import_module(f"engine.features.{file.parent.name}.{module}")
    return metadata


def revisions(features: Path = FEATURES) -> list[Path]:
    """Return the folders that have revisions, the call core's first."""
    core = Path(__file__).parent / "migrations" / "versions"
    return [core, *(folder for folder in sorted(features.glob("*/migrations")) if folder.is_dir())]
