"""Longer texts: their parts in any order, twice, late, never, and of senders that use references again."""

from typing import Any

from sqlalchemy import insert, select

from engine.features.messaging import tables
from engine.features.messaging.receiving import bounds
from engine.features.messaging.receiving.assembly import LIMIT_SECONDS, LONGEST_PART
from engine.features.messaging.receiving.wording import MISSING
from engine.platform import due_work
from tests.engine.features.messaging.receiving.bay import Bay
from tests.engine.features.messaging.sending.exchange import OWN, UK, US
from tests.support.clock import settled


async def part(bay: Bay, number: int, text: str, total: int = 2, reference: int = 7, **fields: Any) -> None:
    await bay.receive(text, reference=reference, number=number, total=total, **fields)


async def late(bay: Bay, seconds: float = LIMIT_SECONDS) -> None:
    """Let time pass, and what is due be done."""
    bay.exchange.set_clock(seconds)
    bay.exchange.platform.scheduler.wake()
    for _ in range(5):
        await settled()


async def rows(bay: Bay) -> int:
    return len(await bay.exchange.database.read(lambda conn: conn.execute(select(tables.incoming_parts)).all()))


async def test_parts_in_any_order_are_one_text(bay: Bay) -> None:
    await part(bay, 3, "three", total=3)
    await part(bay, 1, "one ", total=3)
    assert await bay.texts() == []
    await part(bay, 2, "two ", total=3)
    assert await bay.texts() == ["one two three"]
    assert [event.text for event in await bay.heard()] == ["one two three"]


async def test_texts_of_others_with_the_same_reference_are_not_mixed(bay: Bay) -> None:
    await part(bay, 1, "a1 ")
    await part(bay, 1, "b1 ", sender=UK)
    await part(bay, 1, "c1 ", to="12015550101")
    await part(bay, 1, "d1 ", carrier="two")
    await part(bay, 1, "e1 ", reference=8)
    await part(bay, 1, "f1 ", total=3)
    assert await bay.texts() == []
    await part(bay, 2, "b2", sender=UK)
    await part(bay, 2, "a2")
    await part(bay, 2, "d2", carrier="two")
    assert await bay.texts() == ["b1 b2", "a1 a2", "d1 d2"]


async def test_a_part_that_comes_twice_counts_once(bay: Bay) -> None:
    for number, text in ((1, "one "), (1, "one "), (2, "two"), (1, "one "), (2, "two")):
        await part(bay, number, text)
    assert await bay.texts() == ["one two"]
    await late(bay)
    assert await bay.texts() == ["one two"] and await rows(bay) == 0


async def test_a_part_that_comes_twice_by_its_key_counts_once_for_a_day(bay: Bay) -> None:
    await part(bay, 1, "one ", key="a")
    await part(bay, 2, "two", key="b")
    bay.exchange.set_clock(3600)
    await part(bay, 1, "one ", key="a")
    await part(bay, 2, "two", key="b")
    assert await bay.texts() == ["one two"]
    await part(bay, 1, "one ", key="c")
    await part(bay, 2, "two", key="d")
    assert await bay.texts() == ["one two", "one two"]


async def test_a_reference_used_again_at_once_begins_another_text(bay: Bay) -> None:
    for text in ("first", "second", "third"):
        await part(bay, 1, f"{text} 1 ")
        await part(bay, 2, f"{text} 2")
    assert await bay.texts() == ["first 1 first 2", "second 1 second 2", "third 1 third 2"]


async def test_the_same_text_again_later_with_the_same_reference_is_another_one(bay: Bay) -> None:
    for _ in range(2):
        await part(bay, 1, "Alarm: the pump ")
        await part(bay, 2, "has stopped.")
        bay.exchange.set_clock(3600)
    assert len(await bay.texts()) == 2


async def test_a_reference_used_again_while_parts_are_missing_does_not_mix_two_texts(bay: Bay) -> None:
    await part(bay, 1, "old 1 ", total=3)
    await part(bay, 3, "old 3", total=3)
    await part(bay, 1, "new 1 ", total=3)
    assert await bay.texts() == ["old 1 […]old 3"]
    await part(bay, 2, "new 2 ", total=3)
    await part(bay, 3, "new 3", total=3)
    assert await bay.texts() == ["old 1 […]old 3", "new 1 new 2 new 3"]


async def test_a_reference_used_again_after_a_day_does_not_mix_two_texts(bay: Bay) -> None:
    await part(bay, 1, "old 1 ")
    bay.exchange.set_clock(LIMIT_SECONDS)  # its delivery is due, and was not done yet
    await part(bay, 2, "new 2")
    await part(bay, 1, "new 1 ")
    await late(bay, 0)
    assert await bay.texts() == ["old 1 […]", "new 1 new 2"]


async def test_after_a_day_what_is_there_is_delivered_with_a_mark(bay: Bay) -> None:
    await part(bay, 2, "two ", total=4)
    await late(bay, LIMIT_SECONDS - 60)
    assert await bay.texts() == []
    await part(bay, 1, "whole", total=2, reference=9)
    await late(bay, 60)
    assert await bay.texts() == ["[…]two […]"] and await rows(bay) == 1
    await late(bay)
    assert await bay.texts() == ["[…]two […]", "whole[…]"]


async def test_many_incomplete_texts_are_one_piece_of_due_work(bay: Bay) -> None:
    for reference in range(120):
        await part(bay, 1, f"{reference}", reference=reference)
    work = await bay.exchange.database.read(lambda conn: due_work.of_account(conn, "incoming_parts"))
    assert len(work) == 1
    for _ in range(4):
        await late(bay, LIMIT_SECONDS)
    assert len(await bay.texts()) == 100 and await rows(bay) == 0  # a page has 100
    assert await bay.exchange.database.read(lambda conn: due_work.of_account(conn, "incoming_parts")) == []


async def test_an_emoji_in_halves_is_whole(bay: Bay) -> None:
    await part(bay, 1, "Fine \ud83d")
    await part(bay, 2, "\ude00!")
    assert await bay.texts() == ["Fine 😀!"]


async def test_half_an_emoji_whose_other_half_never_came_hurts_nobody(bay: Bay) -> None:
    await part(bay, 1, "Fine \ud83d")
    await late(bay)
    assert await bay.texts() == ["Fine \ufffd[…]"]


async def test_a_part_whose_number_cannot_be_is_a_text_of_its_own(bay: Bay) -> None:
    await part(bay, 0, "zero")
    await part(bay, 3, "three")
    assert await bay.texts() == ["zero", "three"]


async def test_the_keyword_of_a_longer_text_is_in_its_first_part(bay: Bay) -> None:
    await bay.add_keyword("PIZZA", bay.account, "extension:101")
    await part(bay, 2, "with cheese")
    await part(bay, 1, "pizza ")
    assert await bay.phone() == ["pizza with cheese"]


async def test_a_text_of_which_parts_came_before_its_number_was_ours_reaches_it(bay: Bay) -> None:
    await part(bay, 1, "one ", to="12015550888")
    await bay.lead("12015550888", application=bay.shop)
    await bay.exchange.reload()
    await part(bay, 2, "two", to="12015550888")
    assert await bay.texts() == ["one two"] and await bay.unmatched() == []


async def test_parts_for_nobody_are_kept_as_one_text(bay: Bay) -> None:
    await part(bay, 1, "one ", to="999", sender=US)
    await part(bay, 2, "two", to="999", sender=US)
    assert await bay.unmatched() == [("999", "one two", "no_number")]


async def first_parts(bay: Bay, count: int, sender: str = US, *, total: int = 255) -> None:
    """Store first parts, each of another text, the oldest first."""
    now = bay.exchange.clock()
    common = {"carrier": "one", "recipient": OWN, "total": total, "number": 1, "text": '"one "', "key": ""}
    rows = [common | {"sender": sender, "reference": each, "at": now + each / 1e6} for each in range(count)]
    await bay.write(lambda conn: conn.execute(insert(tables.incoming_parts), rows))


async def test_a_sender_of_first_parts_alone_has_the_oldest_given_up(bay: Bay) -> None:
    await first_parts(bay, bounds.OF_A_SENDER)
    bay.exchange.set_clock(1)
    await part(bay, 1, "two ", reference=60_000, total=255)
    assert await bay.texts() == [f"one {MISSING}"] and await rows(bay) == bounds.OF_A_SENDER
    await part(bay, 1, "three ", reference=1, sender=UK)
    assert await bay.texts() == [f"one {MISSING}"], "of the other sender nothing is given up"


async def test_of_all_parts_so_many_are_kept_and_those_of_complete_texts_go_first(bay: Bay) -> None:
    await part(bay, 1, "one ")
    await part(bay, 2, "two")
    await first_parts(bay, 10, UK)
    few = bounds.Bounds(in_all=11, look_each=1)
    assert await bay.write(lambda conn: few.enforce(conn, "one", UK)) == [] and await rows(bay) == 10
    fewer = bounds.Bounds(in_all=8, look_each=1)
    found = await bay.write(lambda conn: fewer.enforce(conn, "one", UK))
    assert [(carrier, whole.sender, whole.text) for carrier, whole in found] == [("one", UK, f"one {MISSING}")] * 2
    assert await rows(bay) == 8


async def test_all_parts_are_counted_now_and_then(bay: Bay) -> None:
    few = bounds.Bounds(in_all=1, look_each=3)
    await first_parts(bay, 5)
    counts = [len(await bay.write(lambda conn: few.enforce(conn, "one", US))) for _ in range(3)]
    assert counts == [0, 0, 4]


async def test_what_is_longer_than_a_part_can_be_is_a_text_of_its_own(bay: Bay) -> None:
    await part(bay, 1, "x" * LONGEST_PART)
    assert await bay.texts() == [] and await rows(bay) == 1
    await part(bay, 1, "y" * (LONGEST_PART + 1), reference=8)
    assert await bay.texts() == ["y" * (LONGEST_PART + 1)] and await rows(bay) == 1
