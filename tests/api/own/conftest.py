"""Our own API's fixtures."""

from tests.api.own.fixtures import dialects, installation, post, stored
from tests.support.redis_server import redis_server

__all__ = ["dialects", "installation", "post", "redis_server", "stored"]
