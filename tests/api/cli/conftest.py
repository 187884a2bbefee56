"""The command line's fixtures."""

from tests.api.cli.running import carillon
from tests.api.own.fixtures import dialects, installation, stored
from tests.support.redis_server import redis_server

__all__ = ["carillon", "dialects", "installation", "redis_server", "stored"]
