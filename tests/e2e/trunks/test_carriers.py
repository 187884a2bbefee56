"""Every carrier of the lab, connected as `carillon lab carriers` says: a call out and a call in, with all of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.lab import Lab
from api.lab_carriers import CARRIERS
from engine.features.trunks.names import Names
from tests.e2e.conftest import MakeNumber, RecordingOf
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.carrier_calls import CarrierCalls
from tests.support.lab import RunningLab
from tests.support.lab_carriers import LabCarriers
from tests.support.scenario import LabEars
from tests.support.sink import Sink
from tests.support.system import System

CALLING = [
    pytest.param(carrier.name, marks=pytest.mark.xdist_group(f"carrier-{carrier.name}"))
    for carrier in CARRIERS
    if carrier.calls
]


@pytest.fixture
async def carriers(
    carillon: Command, admin: Admin, account: Account, network: Lab, tmp_path: Path
) -> AsyncIterator[LabCarriers]:
    yield LabCarriers(carillon, admin, account, network, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", CALLING)
async def test_a_call_out_and_a_call_in_by_each_carrier_have_audio_keys_hold_a_recording_and_an_end(
    name: str, carriers: LabCarriers, sink: Sink, own: Own, lab: LabEars, number: MakeNumber, recording_of: RecordingOf
) -> None:
    async with carriers.connected(name) as trunk:
        calls = CarrierCalls(trunk, sink, own, lab, number, recording_of)
        await asyncio.gather(calls.out(), calls.into())


async def test_the_lab_s_carriers_are_listed_with_their_commands(carillon: Command) -> None:
    listed = await carillon.json("lab", "carriers")
    found = {one["name"]: one["command"] for one in listed}
    assert list(found) == [carrier.name for carrier in CARRIERS]
    assert found["quiet"].startswith("carillon trunks add quiet --host 127.0.")


async def test_the_lab_s_names_are_found_with_all_targets(system: System) -> None:
    names, network = Names(tuple(system.setting("DNS").split(","))), RunningLab.of_environment().carriers
    found = await names.look_up(["several.lab.internal", "spare.lab.internal", "plus.lab.internal", "no.lab.internal"])
    several = found["several.lab.internal"]
    assert several.all == tuple(f"{network}.{last}" for last in (13, 14, 15)) and several.addresses == ()
    assert [host for host, _ in several.targets] == [f"{one}.several.lab.internal" for one in "abc"]
    assert found["spare.lab.internal"].all == (f"{network}.15", f"{network}.22")
    assert found["plus.lab.internal"].addresses == (f"{network}.11",) and found["plus.lab.internal"].targets == ()
    assert (found["plus.lab.internal"].seconds, found["no.lab.internal"].all) == (60, ())
