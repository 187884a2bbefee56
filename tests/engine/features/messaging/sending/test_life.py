"""The life of a text: accepted, queued, submitted, sent, and what became of it; each end once."""

from itertools import pairwise

import pytest

from engine.features.messaging.carrier import Accepted, NotSent, PutOff, ReceiptState, Refused, Unknown
from engine.features.messaging.model import State
from engine.model.call_data import CallData
from tests.engine.features.messaging.sending.exchange import LONG, NOW, OWN, US, Exchange
from tests.support.clock import settled


async def test_a_text_is_accepted_sent_and_delivered(exchange: Exchange) -> None:
    text = await exchange.send(data=CallData(dialect="own", values={"order": "7"}))
    assert (text.state, text.sender, text.recipient, text.carrier) == (State.QUEUED, OWN, US, "one")
    await settled()
    assert [part.content for part in exchange.one.submitted] == [b"Good morning."]
    assert await exchange.state(text) == State.SENT
    await exchange.receipt("1")
    found = await exchange.get(text)
    assert (found.state, found.sent is not None, found.ended is not None) == (State.DELIVERED, True, True)
    assert await exchange.reports(text) == ["sent", "delivered"]
    assert {event.data for event in await exchange.messages.events(text.id)} == {text.data}


async def test_a_long_text_is_sent_when_all_its_parts_are_and_delivered_likewise(exchange: Exchange) -> None:
    text = await exchange.send(text=LONG)
    await settled()
    assert text.parts == 3 and exchange.one.parts == [f"{US}.1", f"{US}.2", f"{US}.3"]
    assert {(part.reference, part.total) for part in exchange.one.submitted} == {
        (exchange.one.submitted[0].reference, 3)
    }
    assert b"".join(part.content for part in exchange.one.submitted).decode() == LONG
    for id in ("2", "1"):
        await exchange.receipt(id)
        assert await exchange.state(text) == State.SENT
    await exchange.receipt("3")
    assert await exchange.reports(text) == ["sent", "delivered"]


async def test_a_refused_part_fails_the_text_and_what_waits_is_not_submitted(exchange: Exchange) -> None:
    await exchange.set_rules(per_second=1)
    await exchange.reload()
    exchange.one.answers = [Accepted("a"), Refused("The number is barred.")]
    text = await exchange.send(text=LONG)
    await exchange.pass_seconds(5)
    assert exchange.one.parts == [f"{US}.1", f"{US}.2"]
    assert await exchange.part_states(text) == ["accepted", "failed", "failed"]
    found = await exchange.get(text)
    assert (found.state, found.reason) == (State.FAILED, "The number is barred.")
    await exchange.receipt("a")
    assert await exchange.reports(text) == ["failed"]


async def test_what_is_put_off_is_tried_again_after_growing_pauses(exchange: Exchange) -> None:
    times: list[float] = []

    def busy(part: object) -> PutOff | Accepted:
        times.append(exchange.clock() - NOW)
        return PutOff("Its queue is full.") if len(times) < 9 else Accepted("a")

    exchange.one.say = busy
    text = await exchange.send()
    await settled()
    assert (await exchange.get(text)).reason == "Its queue is full."
    await exchange.pass_seconds(400)
    pauses = [round(after - before) for before, after in pairwise(times)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert await exchange.reports(text) == ["sent"]


async def test_a_carrier_that_asks_for_less_gets_nothing_for_a_while(exchange: Exchange) -> None:
    exchange.one.answers = [PutOff("Throttled.", slower=True)]
    first = await exchange.send()
    await settled()
    second = await exchange.send()
    await exchange.pass_seconds(0.9)
    assert len(exchange.one.submitted) == 1
    await exchange.pass_seconds(0.5)
    assert [await exchange.state(text) for text in (first, second)] == [State.SENT, State.SENT]


async def test_what_did_not_leave_waits_for_the_link_and_goes_then(exchange: Exchange) -> None:
    def lost(part: object) -> NotSent:
        exchange.one.up(up=False)
        return NotSent("There is no link.")

    exchange.one.say = lost
    text = await exchange.send()
    await exchange.pass_seconds(60)
    assert await exchange.state(text) == State.QUEUED and len(exchange.one.submitted) == 1
    assert (await exchange.get(text)).reason == "There is no link."
    exchange.one.say = exchange.one.accept
    exchange.one.up()
    await exchange.pass_seconds(1)
    assert await exchange.reports(text) == ["sent"]


async def test_a_carrier_that_is_ready_but_sends_nothing_is_not_asked_in_a_busy_loop(exchange: Exchange) -> None:
    exchange.one.say = lambda part: NotSent("No phone.")
    await exchange.send()
    await exchange.pass_seconds(10)
    assert 10 <= len(exchange.one.submitted) <= 41


async def test_a_text_without_an_answer_is_unknown_and_not_submitted_again(exchange: Exchange) -> None:
    exchange.one.answers = [Unknown("The link was cut.")]
    text = await exchange.send()
    await exchange.pass_seconds(100)
    assert exchange.one.parts == [f"{US}.1"]
    found = await exchange.get(text)
    assert (found.state, found.reason) == (State.UNKNOWN, "The link was cut.")
    assert await exchange.reports(text) == ["unknown"]


async def test_a_text_whose_link_was_cut_at_its_second_part_goes_on_with_the_third(exchange: Exchange) -> None:
    exchange.one.answers = [Accepted("a"), Unknown("The link was cut."), Accepted("c")]
    text = await exchange.send(text=LONG)
    await settled()
    assert exchange.one.parts == [f"{US}.1", f"{US}.2", f"{US}.3"]
    assert await exchange.part_states(text) == ["accepted", "unknown", "accepted"]
    assert await exchange.reports(text) == ["unknown"]
    await exchange.receipt("a", ReceiptState.FAILED, "UNDELIV")
    assert await exchange.reports(text) == ["unknown", "failed"]


async def test_a_carrier_that_raises_leaves_the_text_unknown(exchange: Exchange) -> None:
    def broken(part: object) -> Accepted:
        raise RuntimeError("out of order")

    exchange.one.say = broken
    text = await exchange.send()
    await settled()
    assert await exchange.state(text) == State.UNKNOWN


async def test_a_text_to_a_phone_is_sent_for_good(exchange: Exchange) -> None:
    await exchange.add_extension("101", "acme-101")
    await exchange.reload()
    exchange.phones.registrations.add("acme-101")
    text = await exchange.send("101")
    await exchange.leap(80 * 3600)
    assert await exchange.reports(text) == ["sent"]
    assert (await exchange.get(text)).ended is not None


async def test_texts_are_listed_newest_first_in_pages(exchange: Exchange) -> None:
    sent = []
    for _ in range(5):
        sent.append((await exchange.send()).id)
        await exchange.pass_seconds(1)
    first = await exchange.messages.page(exchange.account.id, limit=2)
    rest = await exchange.messages.page(exchange.account.id, before=first[-1].id, states=(State.SENT,))
    assert [text.id for text in (*first, *rest)] == sent[::-1]
    assert await exchange.messages.page(exchange.account.id, number="12015550199") == []
    assert await exchange.messages.counts(exchange.account.id) == {State.SENT: 5}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_text_that_waits_says_for_what(exchange: Exchange) -> None:
    await exchange.add_extension("101", "acme-101")
    await exchange.add_smsc("two", disabled=True)
    await exchange.add_route("44", "two")
    await exchange.reload()
    exchange.one.up(up=False)
    texts = [await exchange.send(to) for to in (US, "101", "442079460000")]
    assert [(await exchange.get(text)).reason for text in texts] == [
        "It waits for the link to its carrier.",
        "It waits until the phone of 101 is registered.",
        "It waits: the SMSC two is disabled.",
    ]
