"""Calls of a Sinch customer's go on when the controller is killed, and end once when Asterisk is restarted."""

import asyncio

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.situations import Situations
from tests.faults.conftest import ROUNDS, kill_the_controller
from tests.support.sink import Sink
from tests.support.system import System


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_a_killed_controller_loses_no_call_asks_again_and_tells_each_end_once(
    customer: Customer, network: Lab, sink: Sink, system: System, turn: int
) -> None:
    situations = Situations(customer, network, sink)
    checks = await situations.all()
    await asyncio.sleep(0.3 * turn)
    await kill_the_controller(system)
    await asyncio.gather(*(check() for check in checks))
    situations.told_once_each()


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_a_restarted_asterisk_ends_every_call_once_with_its_reason(
    customer: Customer, network: Lab, sink: Sink, system: System, turn: int
) -> None:
    situations = Situations(customer, network, sink)
    await situations.all()
    await asyncio.sleep(0.3 * turn)
    await system.docker("restart", system.container("asterisk"))
    for call in situations.calls:
        dice = await customer.server.until("dice", call, within=45)
        assert dice["reason"] == "GENERALERROR", dice.body
        assert (await customer.ended(call))["cause"] == "media_node_lost"
    await system.healthy()
    situations.told_once_each()
