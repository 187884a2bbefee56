"""A carrier that offers T.38 within a call: refused on the wire with 488, and the call's audio goes on."""

from typing import Any

import pytest

from tests.e2e.conftest import MakeNumber, RecordingOf
from tests.support.carillon import Command, Own
from tests.support.carrier_calls import CarrierCalls
from tests.support.lab_carriers import LabCarriers
from tests.support.scenario import LabEars, until
from tests.support.sink import Sink

pytestmark = pytest.mark.xdist_group("carrier-fax")


def refused_offers(dialog: dict[str, Any]) -> list[tuple[str, list[int]]]:
    """Each INVITE of the carrier that offers T.38 (its CSeq), and the final answers to it."""
    messages = dialog["messages"]
    offers = [one["cseq"] for one in messages if one["method"] == "INVITE" and "\nm=image " in one["text"]]
    answers = {
        cseq: [one["status"] for one in messages if one["cseq"] == cseq and one["sent"] and (one["status"] or 0) >= 200]
        for cseq in offers
    }
    return list(answers.items())


@pytest.mark.parametrize("way", ["out", "into"])
async def test_an_offer_of_t_38_is_answered_with_488_and_both_parties_are_heard_on(
    way: str,
    carriers: LabCarriers,
    sink: Sink,
    own: Own,
    lab: LabEars,
    number: MakeNumber,
    recording_of: RecordingOf,
    carillon: Command,
) -> None:
    async with carriers.connected("fax") as trunk:
        ended = await getattr(CarrierCalls(trunk, sink, own, lab, number, recording_of), way)()

    async def offers() -> list[tuple[str, list[int]]]:
        (dialog,) = (await carillon.json("calls", "show", ended["id"], "--sip"))["dialogs"]
        return refused_offers(dialog)

    seen = await until(offers, bool, what="the offer is in the call's SIP messages")
    assert [answers for _, answers in seen] == [[488]] * len(seen), seen
