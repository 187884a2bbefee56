"""Receipts: early, late, double, contradicting, for parts that are not known; each counts for its own part."""

import pytest

from engine.features.messaging.carrier import Accepted, ReceiptState
from engine.features.messaging.model import State
from engine.features.messaging.sending.expiry import TIDY_SECONDS
from engine.features.messaging.store import receipts
from tests.engine.features.messaging.sending.exchange import LONG, UK, US, Exchange
from tests.support.clock import settled

DELIVERED, FAILED, EXPIRED = ReceiptState.DELIVERED, ReceiptState.FAILED, ReceiptState.EXPIRED
UNKNOWN, UNDER_WAY = ReceiptState.UNKNOWN, ReceiptState.UNDER_WAY


@pytest.mark.parametrize(
    ("said", "state"), [(FAILED, State.FAILED), (EXPIRED, State.EXPIRED), (UNKNOWN, State.UNKNOWN)]
)
async def test_a_receipt_says_what_became_of_a_text(exchange: Exchange, said: ReceiptState, state: State) -> None:
    text = await exchange.send()
    await settled()
    await exchange.receipt("1", said, "042")
    found = await exchange.get(text)
    assert (found.state, found.reason) == (state, f"The carrier's receipt says {said.value} (042).")
    assert await exchange.reports(text) == ["sent", state.value]


async def test_a_receipt_that_comes_before_the_answer_is_kept_for_it(exchange: Exchange) -> None:
    answer = exchange.hold_answer()
    text = await exchange.send()
    await settled()
    await exchange.receipt("early")
    assert (await exchange.state(text), await exchange.early()) == (State.QUEUED, 1)
    answer.set_result(Accepted("early"))
    await settled()
    assert await exchange.reports(text) == ["sent", "delivered"]
    assert await exchange.early() == 0


async def test_of_early_receipts_that_contradict_each_other_the_first_final_one_counts(exchange: Exchange) -> None:
    answer = exchange.hold_answer()
    text = await exchange.send()
    await settled()
    for state in (UNDER_WAY, UNKNOWN, FAILED, DELIVERED, FAILED):
        await exchange.receipt("early", state)
        await exchange.pass_seconds(1)
    answer.set_result(Accepted("early"))
    await settled()
    assert await exchange.reports(text) == ["sent", "failed"]


async def test_the_same_receipt_again_and_one_that_contradicts_it_change_nothing(exchange: Exchange) -> None:
    text = await exchange.send()
    await settled()
    for state in (DELIVERED, DELIVERED, FAILED, UNKNOWN, EXPIRED):
        await exchange.receipt("1", state)
    assert await exchange.reports(text) == ["sent", "delivered"]


async def test_an_unknown_text_becomes_what_a_later_receipt_says_and_then_nothing_else(exchange: Exchange) -> None:
    text = await exchange.send()
    await settled()
    for state in (UNKNOWN, UNKNOWN, FAILED, DELIVERED):
        await exchange.receipt("1", state)
    assert await exchange.reports(text) == ["sent", "unknown", "failed"]


async def test_a_text_that_is_under_way_is_still_awaited(exchange: Exchange) -> None:
    text = await exchange.send()
    await settled()
    await exchange.receipt("1", UNDER_WAY)
    assert await exchange.state(text) == State.SENT
    await exchange.receipt("1")
    assert await exchange.reports(text) == ["sent", "delivered"]


async def test_receipts_of_two_carriers_with_the_same_ids_are_not_mixed(exchange: Exchange) -> None:
    await exchange.add_smsc("two")
    await exchange.add_route("44", "two")
    await exchange.reload()
    american, british = await exchange.send(US), await exchange.send(UK)
    await settled()
    await exchange.receipt("1", FAILED, carrier="two")
    assert await exchange.state(american) == State.SENT and await exchange.state(british) == State.FAILED


async def test_receipts_of_parts_are_not_mixed_and_one_that_failed_fails_the_text_at_once(exchange: Exchange) -> None:
    first, second = await exchange.send(text=LONG), await exchange.send(text=LONG)
    await settled()
    await exchange.receipt("2", FAILED)
    for id in ("1", "3", "4", "5", "6"):
        await exchange.receipt(id)
    assert await exchange.part_states(first) == ["delivered", "failed", "delivered"]
    assert await exchange.reports(first) == ["sent", "failed"]
    assert await exchange.reports(second) == ["sent", "delivered"]


async def test_receipts_of_a_part_that_come_while_others_wait_do_not_end_the_text(exchange: Exchange) -> None:
    await exchange.set_rules(per_second=1)
    await exchange.reload()
    text = await exchange.send(text=LONG)
    await settled()
    await exchange.receipt("1")
    assert await exchange.reports(text) == []
    await exchange.pass_seconds(5)
    assert await exchange.reports(text) == ["sent"]
    await exchange.receipt("2")
    await exchange.receipt("3")
    assert await exchange.reports(text) == ["sent", "delivered"]


async def test_a_receipt_of_a_part_that_is_not_known_is_kept_for_a_day(exchange: Exchange) -> None:
    await exchange.receipt("of another customer")
    await exchange.receipt("of another customer")
    await exchange.receipt("", FAILED)
    assert await exchange.early() == 1
    await exchange.pass_seconds(2)
    text = await exchange.send(valid_seconds=90_000)
    await exchange.receipt("1")
    await exchange.leap(90_001 + 3601)
    assert await exchange.early() == 0
    assert await exchange.state(text) == State.DELIVERED


async def test_of_receipts_for_parts_that_are_not_ours_only_the_newest_are_kept(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "MOST_EARLY", 3)
    for number in range(6):
        await exchange.receipt(f"foreign{number}")
        await exchange.pass_seconds(1)
    assert await exchange.early() == 6
    await exchange.leap(TIDY_SECONDS)
    assert await exchange.early() == 3
    answer = exchange.hold_answer()
    text = await exchange.send()
    answer.set_result(Accepted("foreign5"))
    await settled()
    assert await exchange.reports(text) == ["sent", "delivered"], "the newest one is among them"
