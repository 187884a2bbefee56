"""A Sinch customer's two servers are down: calls end with an apology, and what is told comes when one is back."""

import asyncio

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import ending, menu, record, run_menu, svaml
from tests.faults.conftest import ROUNDS, kill_the_controller
from tests.support import people
from tests.support.scenario import call_ended, until
from tests.support.sink import Sink
from tests.support.system import System

REFUSES = "http://127.0.0.1:9/refuses"
"""The discard port of a machine that has none: every connection is refused."""


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_what_is_told_waits_for_the_server_in_order_and_over_a_restart_of_the_controller(
    customer: Customer, network: Lab, sink: Sink, system: System, turn: int
) -> None:
    await customer.callbacks(customer.server.url(), REFUSES)
    keys = run_menu(menu("main", sink.tone(500, 0.5), [("1", "return(one)")]))
    customer.server.answers(ice=svaml(record(format="wav"), action=keys), pie=ending())
    await network.dial(customer.number, people.HANGS_UP, seconds=20)
    recorded = (await customer.server.until("ice")).call
    await customer.running(recorded, "run_menu")
    async with customer.server.down():
        dialled = await network.dial(customer.number, people.LISTENS, seconds=30)
        apologised = str((await customer.over(dialled.call_id))["id"])
        assert (await customer.far(apologised)).heard.level > -45, "something is said before it ends"
        await call_ended(customer.own, recorded)
        tried = await until(
            lambda: customer.own.call(apologised),
            lambda seen: [1 for one in seen["callbacks"] if one["attempts"]],
            what="the end was tried to be told",
        )
        assert [one["state"] for one in tried["callbacks"]] == ["pending"]
        await asyncio.sleep(0.3 * turn)
        await kill_the_controller(system)
    dice = await customer.server.until("dice", apologised, within=40)
    assert dice["reason"] == "CALLBACKERROR", dice.body
    await customer.server.until("notify", recorded, type="recording_available", within=40)
    told = [one["type"] if one.kind == "notify" else one.kind for one in customer.server.taken(call=recorded)]
    assert told == ["ice", "pie", "recording_finished", "dice", "recording_available"], told
    assert customer.server.kinds(apologised) == ["dice"], "the question is not asked when it is too late"
