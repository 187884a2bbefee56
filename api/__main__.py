"""The composition root: settings, store, engine, features, vendors, apps; one process, started by `python -m api`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from api.features import add_features
from api.foundation import Foundation
from api.front import Front
from api.life import started
from api.process import keep_collections_short, run
from api.settings import Settings
from api.vendors.registry import vendors
from engine.engine import Engine
from engine.features.messaging.configuration.smscs import Smscs
from engine.platform.feature import Features
from engine.remote.inbox import Inbox

log = structlog.get_logger(__name__)
VENDORS = vendors()
DIALECTS = tuple(vendor.describe() for vendor in VENDORS)


class Controller:
    """Everything of this process, put together; `running` is its life."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.base = settings, Foundation(settings)
        self.platform, self.steering = self.base.platform, self.base.steering
        self.features = Features(self.platform)
        parts, self.trunks = add_features(self.base, self.features, settings, DIALECTS, self)
        self.engine = Engine(parts)
        self.engine.carries_out(self.features.commands)
        application = settings.ari_application
        self.inbox = Inbox(self.platform.database, self.platform.writer, self.base.redis, self.engine, application)
        self.front = Front(settings, self.base, self.features, self.engine, VENDORS)

    async def run(self) -> None:
        """Run until a signal, a lost lease, or a take-over; calls stay up in Asterisk."""
        async with self.running():
            ends = (self.steering.stopping, self.engine.replaced, self.platform.writer.fenced)
            waiting = [asyncio.create_task(end.wait(), name="end of the controller") for end in ends]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            self.steering.leaving = True
            log.info("the controller leaves; calls stay up in Asterisk", calls=len(self.engine.registry))
            await self.engine.stop()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start everything in order; leaving the block stops it in the opposite one."""
        front = self.front
        async with self.base.opened():
            await self.trunks.trunks.ensure_lab(self.settings.lab_address, self.settings.lab_sip_port)
            if self.settings.lab_smsc_password:
                lab = (self.settings.lab_smsc_port, self.settings.lab_smsc_password)
                await self.features[Smscs].ensure_lab(*lab)
            await self.platform.cache.load()
            await self.base.counters.reconcile()
            await front.hearers.start()
            # The features first: a delivery needs the subscriptions in memory.
            async with started(self.features, front.delivery, self.platform, front.dialogue):
                keep_collections_short()
                async with started(self.engine, self.inbox), front.serving():
                    yield


def main() -> int:
    """Run the controller; returns the exit status."""
    return run(Controller)


if __name__ == "__main__":
    sys.exit(main())
