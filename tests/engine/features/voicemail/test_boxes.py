"""Boxes and their PINs: what is refused, what is kept, and how many wrong PINs a box takes."""

import pytest

from engine.features.destinations.choosing import to_destination
from engine.features.destinations.registry import Destinations
from engine.features.errors import AlreadyThere, FeatureError, InvalidSetting, NotThere
from engine.features.guesses.budgets import FIRST_LOCK_SECONDS, Answer
from engine.features.guesses.events import GuessesLocked
from engine.features.voicemail.errors import BoxTaken, NoSuchBox, PinRefused
from engine.features.voicemail.model import BoxFields
from engine.features.voicemail.pins import GUESSED
from engine.platform import audit
from engine.store import events
from tests.engine.features.voicemail.conftest import ANNA, BEN, House
from tests.support.digits import stands_in

FREE = GUESSED.one.free


@pytest.mark.parametrize(
    ("number", "fields", "pin", "error", "sentence"),
    [
        (ANNA, {}, None, BoxTaken, "The account has a voicemail box 201 already."),
        ("2", {}, None, InvalidSetting, "number must be 2 to 10 digits, such as 101 (got '2')."),
        ("٢٢", {}, None, InvalidSetting, "number must be 2 to 10 digits, such as 101 (got '٢٢')."),
        ("301", {"language": "xx"}, None, InvalidSetting, "language must be one of en, de, es, fr, it, nl, pt, pl, sv"),
        ("301", {"extension": "999"}, None, NotThere, "The account has no extension 999."),
        ("301", {"user": "nobody"}, None, NotThere, "nobody"),
        ("301", {"email": "nobody"}, None, InvalidSetting, "email"),
        ("301", {"max_seconds": 4}, None, InvalidSetting, "max_seconds must be 5 to 3600 (got 4)."),
        ("301", {"silence_seconds": 61}, None, InvalidSetting, "must be 1 to 60, or 0 for no limit (got 61)."),
        ("301", {"most_messages": 0}, None, InvalidSetting, "most_messages must be 1 to 10000 (got 0)."),
        ("301", {"max_seconds": 5, "least_seconds": 5}, None, InvalidSetting, "least_seconds must be less than"),
        ("301", {"name": "A" * 81}, None, InvalidSetting, "name must have at most 80 printable characters"),
        ("301", {}, "123", PinRefused, "pin must be 4 to 10 digits."),
        ("301", {}, "12345678901", PinRefused, "pin must be 4 to 10 digits."),
        ("301", {}, "0000", PinRefused, "pin must not be one digit repeated"),
        ("301", {}, "1234", PinRefused, "digits in a row such as 1234."),
        ("301", {}, "9876", PinRefused, "digits in a row such as 1234."),
        ("3010", {}, "3010", PinRefused, "pin must not be the number of the box or its extension."),
    ],
)
async def test_a_box_that_cannot_be_is_refused_with_what_is_wrong(
    house: House, number: str, fields: dict[str, object], pin: str | None, error: type[FeatureError], sentence: str
) -> None:
    with pytest.raises(error) as raised:
        await house.voicemail.create_box(house.by, "acct-1", number, BoxFields(**fields), pin=pin)  # type: ignore[arg-type]
    assert sentence in str(raised.value)
    assert [box.number for box in await house.voicemail.boxes("acct-1")] == [ANNA, BEN]


async def test_a_box_is_made_changed_and_removed_and_the_audit_says_by_whom_without_its_pin(house: House) -> None:
    made = await house.voicemail.create_box(house.by, "acct-1", "301", BoxFields(extension="101", language="de-DE"))
    assert len(made.pin) == 6 and made.pin.isdigit()
    assert await house.voicemail.check_pin("acct-1", "301", made.pin) is Answer.RIGHT
    zero = to_destination(house.features[Destinations], "extension:101")
    changed = await house.voicemail.update_box(house.by, "acct-1", "301", BoxFields(zero=zero, most_messages=5))
    assert (changed.zero, changed.most_messages, changed.language) == ("extension:101", 5, "de-DE")
    assert house.voicemail.box_of_extension("acct-1", "101") == changed
    await house.voicemail.set_pin(house.by, "acct-1", "301", "314159")
    await house.voicemail.delete_box(house.by, "acct-1", "301")
    with pytest.raises(NoSuchBox):
        await house.voicemail.box("acct-1", "301")
    entries = await house.db.read(lambda conn: audit.of(conn, "acct-1", limit=4))
    assert [entry.what for entry in entries] == [
        "voicemail_box.removed", "voicemail_box.pin_set", "voicemail_box.changed", "voicemail_box.added",
    ]  # fmt: skip
    assert all(entry.actor == "acct-1" for entry in entries)
    told = f"{entries} {await house.db.read(lambda conn: events.after(conn, 0, 100))}"
    assert not stands_in("314159", told) and not stands_in(made.pin, told)


async def test_an_extension_has_one_box(house: House) -> None:
    await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(extension="101"))
    with pytest.raises(AlreadyThere, match="The extension 101 has the voicemail box 201 already"):
        await house.voicemail.update_box(house.by, "acct-1", BEN, BoxFields(extension="101"))


async def test_another_account_s_box_reads_like_one_that_is_not_there(house: House) -> None:
    box = await house.voicemail.box("acct-1", ANNA)
    for name in (ANNA, box.id):
        with pytest.raises(NoSuchBox, match="The account has no voicemail box"):
            await house.voicemail.box("acct-2", name)
        assert await house.voicemail.check_pin("acct-2", name, "271828") is Answer.WRONG


def callers(count: int) -> list[str]:
    """So many numbers."""
    return [f"1201666{number:04}" for number in range(count)]


async def lock(house: House, box: str) -> list[Answer]:
    """Try a wrong PIN from one number after the other."""
    return [await house.voicemail.check_pin("acct-1", box, "141421", caller) for caller in callers(FREE)]


async def test_wrong_pins_lock_a_box_for_a_while_whoever_tries_and_also_for_the_right_one(house: House) -> None:
    check = house.voicemail.check_pin
    assert set(await lock(house, ANNA)) == {Answer.WRONG}
    assert await check("acct-1", ANNA, "271828", "12015550199") is Answer.LOCKED
    assert await check("acct-1", BEN, "271828", "12015550199") is Answer.RIGHT, "another box is open"
    assert await check("acct-1", ANNA, "271828", "101", own=True) is Answer.RIGHT, (
        "the box's own phone is not held back"
    )
    house.now += FIRST_LOCK_SECONDS + 1
    assert await check("acct-1", ANNA, "271828", "12015550198") is Answer.RIGHT


async def test_a_number_that_is_no_box_is_answered_and_locked_like_a_box(house: House) -> None:
    for box in (ANNA, "999"):
        answers = [*await lock(house, box), await house.voicemail.check_pin("acct-1", box, "141421", "12015550199")]
        assert answers == [*[Answer.WRONG] * FREE, Answer.LOCKED]
    events_of = await house.db.read(lambda conn: events.after(conn, 0, 100))
    told = [each.event for each in events_of if isinstance(each.event, GuessesLocked)]
    assert [(one.kind, one.target) for one in told] == [("voicemail_box", ANNA), ("voicemail_box", "***")]


async def test_the_tries_are_counted_over_a_restart_and_a_new_pin_unlocks(house: House) -> None:
    await lock(house, ANNA)
    await house.end()
    await house.begin()
    check = house.voicemail.check_pin
    assert await check("acct-1", ANNA, "271828", "12015550199") is Answer.LOCKED
    await house.voicemail.set_pin(house.by, "acct-1", ANNA, "161803")
    assert await check("acct-1", ANNA, "161803", "12015550199") is Answer.RIGHT
    assert await check("acct-1", ANNA, "271828", "12015550199") is Answer.WRONG
