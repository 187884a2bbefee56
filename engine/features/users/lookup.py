"""Users by their ids, for other features."""

from sqlalchemy import Connection

from engine.features.users import store
from engine.features.users.model import User


def get(conn: Connection, id: str) -> User | None:
    """Return a user by its id, a disabled one too."""
    return store.get(conn, id)
