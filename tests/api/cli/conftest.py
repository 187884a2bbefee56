"""The command line's fixtures."""

from tests.api.cli.running import carillon
from tests.api.own.fixtures import dialects, installation, post, stored
from tests.support.redis_server import redis_server

__all__ = ["carillon", "dialects", "installation", "post", "redis_server", "stored"]
