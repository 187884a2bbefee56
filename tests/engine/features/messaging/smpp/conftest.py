"""A carrier over SMPP beside a scripted SMSC, or beside the lab's, in virtual time."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from api.lab_smsc.smsc import LabSmsc
from engine.features.messaging.smpp.carrier import SmppCarrier
from engine.features.messaging.smpp.settings import SmscSettings
from tests.fakes.inbox import RecordingInbox
from tests.fakes.smsc import ScriptedSmsc
from tests.support.clock import virtual_time

pytest_asyncio_loop_factories = virtual_time
NewCarrier = Callable[..., Awaitable[SmppCarrier]]
PASSWORD = "longer than 8 characters"


@pytest.fixture
async def inbox() -> RecordingInbox:
    return RecordingInbox()


@pytest.fixture
async def smsc() -> AsyncIterator[ScriptedSmsc]:
    smsc = ScriptedSmsc()
    await smsc.start()
    yield smsc
    await smsc.stop()


@pytest.fixture
async def lab() -> AsyncIterator[LabSmsc]:
    lab = LabSmsc(PASSWORD, port=0)
    await lab.start()
    yield lab
    await lab.stop()


@pytest.fixture
async def carrier(inbox: RecordingInbox) -> AsyncIterator[NewCarrier]:
    """Makes started carriers at a port; with `bound=False` it does not wait until they are ready."""
    made = list[SmppCarrier]()

    async def new(port: int, *, bound: bool = True, **settings: Any) -> SmppCarrier:
        given = {"name": "one", "host": "127.0.0.1", "system_id": "carillon", "password": PASSWORD} | settings
        carrier = SmppCarrier(SmscSettings(port=port, **given), inbox)
        made.append(carrier)
        await carrier.start()
        if bound:
            await carrier.wait_ready()
        return carrier

    yield new
    for carrier in made:
        await carrier.stop()
