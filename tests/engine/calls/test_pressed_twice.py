"""One press that a phone reports in two ways is one digit; two presses of one key are two."""

from datetime import UTC, datetime

import pytest

from engine.ari.generated import Channel, ChannelDtmfReceived
from engine.calls.pressed_twice import PressedTwice
from engine.events import TaskEnded
from engine.tasks.results import Completed, Digits
from engine.tasks.wait_for_digits import WaitForDigits
from tests.fakes.ari import FakeAri
from tests.support.exchange import Exchange

Report = tuple[str, int, int]
"""A digit, its length, and how long before it began the one before was released (milliseconds)."""


async def heard(exchange: Exchange, asterisk: FakeAri, *reports: Report) -> str:
    call = await exchange.call(WaitForDigits(count=10, seconds=5))
    for digit, held, after in reports:
        asterisk.presses(call.id, digit, held, after)
    event = await exchange.event(TaskEnded, kind="wait_for_digits")
    assert isinstance(event.outcome, Completed) and isinstance(event.outcome.result, Digits)
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    return event.outcome.result.digits


@pytest.mark.parametrize("second", [(120, -118), (250, -240), (160, -90), (90, 10)])
async def test_an_info_beside_an_event_is_the_same_press(
    exchange: Exchange, asterisk: FakeAri, second: tuple[int, int]
) -> None:
    once: tuple[Report, ...] = (("5", 120, 300), ("5", *second))
    assert await heard(exchange, asterisk, *once, *once, ("6", 120, 300)) == "556"


async def test_an_info_that_comes_as_the_key_goes_down_is_the_same_press(exchange: Exchange, asterisk: FakeAri) -> None:
    once: tuple[Report, ...] = (("5", 250, 300), ("5", 140, 5))
    assert await heard(exchange, asterisk, *once, *once, *once) == "555"


@pytest.mark.parametrize(("held", "pause"), [(100, 100), (60, 45), (40, 40), (250, -130)])
async def test_the_same_key_pressed_again_soon_is_a_second_digit(
    exchange: Exchange, asterisk: FakeAri, held: int, pause: int
) -> None:
    """250 ms each though they overlap: a phone that only sends INFO, all of one length."""
    assert await heard(exchange, asterisk, *[("5", held, pause)] * 3) == "555"


async def test_two_keys_at_once_are_two_digits(exchange: Exchange, asterisk: FakeAri) -> None:
    assert await heard(exchange, asterisk, ("5", 100, 100), ("6", 100, -100), ("5", 100, -100)) == "565"


SEEN = {
    "an INFO of 250 ms as the key goes down, the event of 160 ms put off until the INFO has lasted": (
        (("5", 160, 777), ("5", 250, 927), ("5", 250, 1255), ("5", 160, 1255), ("5", 160, 1550), ("6", 250, 1756),
         ("6", 160, 1758), ("6", 160, 2052)), "556",
    ),
    "an INFO of the same length as the event, one of them read only when the other has lasted": (
        (("5", 160, 770), ("5", 160, 828), ("5", 160, 1162), ("5", 160, 1383), ("6", 160, 1570), ("6", 160, 1602),
         ("6", 160, 1843)), "556",
    ),
    "INFO alone, all of one length": ((("5", 250, 267), ("5", 250, 562), ("5", 250, 862), ("5", 250, 1159)), "5555"),
    "a tone beside an event, put off for the gap that Asterisk keeps between digits": (
        (("5", 160, 573), ("5", 191, 624), ("5", 160, 1180), ("5", 191, 1214), ("5", 191, 1238)), "55",
    ),
}  # fmt: skip
"""What Asterisk 22.10.1 reported of such phones: the digit, its length, and when (milliseconds)."""


@pytest.mark.parametrize("seen", SEEN)
def test_what_asterisk_reports_again_after_it_was_put_off_is_the_same_press(seen: str) -> None:
    reports, wanted = SEEN[seen]
    pressed_twice, digits = PressedTwice(), ""
    for digit, held, at in reports:
        stamp = datetime.fromtimestamp(at / 1000, UTC).strftime("%FT%T.%f")[:-3] + "+0000"
        event = ChannelDtmfReceived(channel=Channel(id="c"), digit=digit, duration_ms=held, timestamp=stamp)
        digits += "" if pressed_twice(event) else digit
    assert digits == wanted
