"""Users by their ids and addresses, for other features."""

from sqlalchemy import Connection

from engine.features.users import rules, store
from engine.features.users.model import User


def get(conn: Connection, id: str) -> User | None:
    """Return a user by its id, a disabled one too."""
    return store.get(conn, id)


def find(conn: Connection, account: str, user: str) -> User:
    """Return an account's user by its id or its e-mail address; raises NotThere."""
    return rules.find(conn, account, user)
