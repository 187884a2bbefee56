"""Every carrier of the lab by a call out, a call in (each with hold, keys and a recording), every end, fail-over.

`make test` has the short form, tests/e2e/trunks/test_carriers.py.
"""

import pytest

from api.lab_carriers import CARRIERS
from tests.e2e.conftest import MakeNumber, RecordingOf
from tests.support import people
from tests.support.carillon import Own
from tests.support.carrier_calls import CarrierCalls
from tests.support.lab_carriers import LabCarriers
from tests.support.scenario import LabEars
from tests.support.sink import Sink

CALLING = [
    pytest.param(carrier.name, marks=pytest.mark.xdist_group(f"carrier-{carrier.name}"))
    for carrier in CARRIERS
    if carrier.calls
]
WAYS = ("out", "out_and_they_hang_up", "into", "into_and_we_hang_up")


@pytest.mark.parametrize("name", CALLING)
@pytest.mark.parametrize("way", WAYS)
async def test_a_call_by_each_carrier(
    name: str,
    way: str,
    carriers: LabCarriers,
    sink: Sink,
    own: Own,
    lab: LabEars,
    number: MakeNumber,
    recording_of: RecordingOf,
) -> None:
    async with carriers.connected(name) as trunk:
        await getattr(CarrierCalls(trunk, sink, own, lab, number, recording_of), way)()


@pytest.mark.parametrize("name", CALLING)
@pytest.mark.parametrize("first", ["full"])
async def test_each_carrier_takes_a_call_that_another_one_cannot(
    name: str,
    first: str,
    carriers: LabCarriers,
    sink: Sink,
    own: Own,
    lab: LabEars,
    number: MakeNumber,
    recording_of: RecordingOf,
) -> None:
    async with carriers.connected(name, "--priority", "2") as trunk:
        async with carriers.connected(first, "--priority", "1", prefix=trunk.prefix):
            calls = CarrierCalls(trunk, sink, own, lab, number, recording_of)
            ended = await calls.placed(people.HANGS_UP, [{"kind": "pause", "seconds": 30}])
        assert (ended["trunk"], ended["cause"], ended["hung_up_by"]) == (trunk.trunk, "normal", "far"), ended
