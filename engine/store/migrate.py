"""Runs migrations in-process at the start; the revisions are data of this package, and of features' (store.schema)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from engine.store import schema
from engine.store.rows import seal_of

_LOCK = 0x636172696C6C6F  # the number of an advisory lock: arbitrary, but not used by anything else


def upgrade(conn: Connection) -> None:
    """Migrate the tables to the newest revision in this transaction; concurrent processes take turns."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    command.upgrade(configuration(conn), "head")


def configuration(conn: Connection, features: Path = schema.FEATURES) -> Config:
    """Return what alembic is run with on a connection; `features` is the folder with the folders of features."""
    config = Config()
    config.set_main_option("script_location", "engine.store:migrations")
    config.set_main_option("path_separator", "newline")
    folders = "\n".join(str(folder) for folder in schema.revisions(features))
    config.set_main_option("version_locations", folders.replace("%", "%%"))
    config.attributes["connection"] = conn
    config.attributes["seal"] = seal_of(conn)
    return config
