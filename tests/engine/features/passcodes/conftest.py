"""Databases of both kinds."""

from tests.support.stores import database_url, new_postgres, new_sqlite, postgres_cluster

__all__ = ["database_url", "new_postgres", "new_sqlite", "postgres_cluster"]
