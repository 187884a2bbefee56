"""A bucket's server, for what puts files there."""

from tests.support.s3_server import bucket, s3_server

__all__ = ["bucket", "s3_server"]
