"""What many rooms' tests share, made once a run: databases of both kinds, and a bucket's server."""

from tests.support.logs import plain_tracebacks
from tests.support.s3_server import bucket, s3_server
from tests.support.stores import database_url, new_postgres, new_sqlite, postgres_cluster, postgres_databases

__all__ = [
    "bucket",
    "database_url",
    "new_postgres",
    "new_sqlite",
    "postgres_cluster",
    "postgres_databases",
    "s3_server",
]
plain_tracebacks()
