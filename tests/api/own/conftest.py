"""Our own API's fixtures."""

from tests.api.own.fixtures import dialects, installation, stored
from tests.support.redis_server import redis_server

__all__ = ["dialects", "installation", "redis_server", "stored"]
