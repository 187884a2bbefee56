"""Links that are cut under load: no text arrives twice, and none that was reported as not sent."""

import asyncio
import itertools

from api.lab_smsc.smsc import LabSmsc
from engine.features.messaging.carrier import Accepted, Answer, NotSent, Unknown
from engine.features.messaging.smpp.carrier import SmppCarrier
from tests.engine.features.messaging.smpp.conftest import NewCarrier
from tests.fakes.inbox import RecordingInbox
from tests.support.texts import DELIVERED, part

TEXTS = 900


async def submit_once(carrier: SmppCarrier, number: int) -> Answer:
    """Submit until it left; returns the last answer."""
    while isinstance(answer := await carrier.submit(part(text=str(number))), NotSent):
        await carrier.wait_ready()
    return answer


async def test_each_text_leaves_once(lab: LabSmsc, carrier: NewCarrier, inbox: RecordingInbox) -> None:
    one = await carrier(lab.port, window=20)
    numbers = iter(range(TEXTS))
    answers = dict[int, Answer]()

    async def work() -> None:
        for number in numbers:
            answers[number] = await submit_once(one, number)
            if number % 50 == 49:
                lab.cut()

    async with asyncio.TaskGroup() as group:
        for _ in range(40):
            group.create_task(work())
    arrived = lab.texts.at(DELIVERED)
    ids = set(itertools.chain.from_iterable(text.ids for text in arrived))
    await inbox.until(lambda: {receipt.id for receipt in inbox.receipts} == ids)
    kinds = {kind: {n for n, answer in answers.items() if isinstance(answer, kind)} for kind in (Accepted, Unknown)}
    assert len(kinds[Accepted]) + len(kinds[Unknown]) == TEXTS
    assert len(kinds[Unknown]) >= 10
    numbered = [int(text.text) for text in arrived]
    assert len(numbered) == len(set(numbered))
    assert kinds[Accepted] <= set(numbered)
    assert {answer.id for answer in answers.values() if isinstance(answer, Accepted)} <= ids
