"""The command line's fixtures."""

from tests.api.cli.running import carillon
from tests.api.own.fixtures import installation, stored
from tests.support.redis_server import redis_server

__all__ = ["carillon", "installation", "redis_server", "stored"]
