"""Runs migrations in-process at the start; the revisions are data of this package."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from engine.store.rows import seal_of

_LOCK = 0x636172696C6C6F  # the number of an advisory lock: arbitrary, but not used by anything else


def upgrade(conn: Connection) -> None:
    """Migrate the tables to the newest revision in this transaction; concurrent processes take turns."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = Config()
    config.set_main_option("script_location", "engine.store:migrations")
    config.attributes["connection"] = conn
    config.attributes["seal"] = seal_of(conn)
    command.upgrade(config, "head")
