"""An exchange under a clock that jumps."""

from tests.support.clock import virtual_time
from tests.support.exchange_fixtures import asterisk, exchange, stopped_exchange
from tests.support.stores import new_sqlite

pytest_asyncio_loop_factories = virtual_time
__all__ = ["asterisk", "exchange", "new_sqlite", "stopped_exchange"]
