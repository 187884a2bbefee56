"""Options of a trunk that change how a call is set up, with the lab's Asterisk as the far end: PRACK, SRTP, DTLS."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.lab import Lab
from tests.e2e.conftest import MakeNumber, RecordingOf
from tests.support import people
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.carrier_calls import CarrierCalls
from tests.support.lab_carriers import LabCarriers
from tests.support.scenario import LabEars, until
from tests.support.sink import Sink


@pytest.fixture
async def carriers(
    carillon: Command, admin: Admin, account: Account, network: Lab, tmp_path: Path
) -> AsyncIterator[LabCarriers]:
    yield LabCarriers(carillon, admin, account, network, tmp_path)


async def sip_of(carillon: Command, call: str) -> list[str]:
    """The text of each SIP message of a call, in their order."""

    async def look() -> list[str]:
        shown: Any = await carillon.json("calls", "show", call, "--sip")
        return [message["text"] for dialog in shown["dialogs"] for message in dialog["messages"]]

    return list(await until(look, lambda seen: any(one.startswith("BYE ") for one in seen), what="the SIP is stored"))


@pytest.mark.xdist_group("carrier-plus")
async def test_a_trunk_that_requires_prack_sends_one_for_the_ringing(
    carriers: LabCarriers, carillon: Command, sink: Sink, own: Own, lab: LabEars, number: MakeNumber,
    recording_of: RecordingOf,
) -> None:  # fmt: skip
    async with carriers.connected("plus", "--prack", "required") as trunk:
        calls = CarrierCalls(trunk, sink, own, lab, number, recording_of)
        ended = await calls.placed(people.LISTENS, [{"kind": "pause", "seconds": 2}, {"kind": "hang_up"}])
        assert (ended["trunk"], ended["cause"]) == (trunk.trunk, "normal"), ended
        sip = await sip_of(carillon, ended["id"])
        assert "\r\nRequire: 100rel" in next(one for one in sip if one.startswith("INVITE "))
        assert [one for one in sip if one.startswith("PRACK ")], [one.split("\r\n")[0] for one in sip]


@pytest.mark.xdist_group("carrier-plus")
async def test_srtp_that_is_offered_is_plain_with_a_carrier_that_does_not_take_it(
    carriers: LabCarriers, carillon: Command, sink: Sink, own: Own, lab: LabEars, number: MakeNumber,
    recording_of: RecordingOf,
) -> None:  # fmt: skip
    async with carriers.connected("plus", "--srtp", "offered") as trunk:
        calls = CarrierCalls(trunk, sink, own, lab, number, recording_of)
        tasks = [{"kind": "play", "source": sink.tone(620, 1.0)}, {"kind": "hang_up"}]
        ended = await calls.placed(people.SPEAKS_440, tasks)
        sip = await sip_of(carillon, ended["id"])
        assert "a=crypto:" in next(one for one in sip if one.startswith("INVITE "))
        assert (await lab.at(ended["sip_call_id"])).heard.has(620)


async def test_keys_that_are_agreed_on_by_dtls_let_both_parties_be_heard(
    carriers: LabCarriers, sink: Sink, own: Own, lab: LabEars, number: MakeNumber, recording_of: RecordingOf
) -> None:
    async with carriers.connected("dtls") as trunk:
        calls = CarrierCalls(trunk, sink, own, lab, number, recording_of)
        tasks = [{"kind": "record"}, {"kind": "play", "source": sink.tone(620, 2.0)}, {"kind": "hang_up"}]
        ended = await calls.placed(people.SPEAKS_440, tasks)
        assert (ended["trunk"], ended["cause"]) == (trunk.trunk, "normal"), ended
        assert (await lab.at(ended["sip_call_id"])).heard.has(620)
        assert (await recording_of(ended["id"], told=False)).has(440)
