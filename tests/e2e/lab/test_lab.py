"""The lab itself, called by a plain SIP telephone: what each persona does on the wire, and what is kept of the call."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import numpy as np
import pytest
import pytest_asyncio

from api.lab import PERSONAS, Lab
from tests.support.audio import level, read, tone_level, tones, words
from tests.support.lab import RunningLab
from tests.support.sip_caller import CallResult
from tests.support.system import System
from tests.support.turns import alone

Calls = dict[str, CallResult]
OUR_TONE = 650
SECONDS = 15  # of each call: the last digit comes after 13
pytestmark = pytest.mark.xdist_group("lab")  # everyone is called at once, and once only


@pytest.fixture(scope="module")
def running() -> RunningLab:
    return RunningLab.of_environment()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def calls(running: RunningLab) -> Calls:
    """Everyone is called at once; 0105 is given up while it rings. Nobody else calls meanwhile: speech is judged."""

    async def one(number: str) -> CallResult:
        typed = (
            tuple((1.0 + 2 * n, digit) for n, digit in enumerate("12#")) if number.endswith("116") else ((2.0, "7"),)
        )
        quiet = number.endswith(("114", "116"))
        return await running.caller().call(number, seconds=SECONDS, tone=None if quiet else OUR_TONE, press=typed)

    numbers = [*(persona.number for persona in PERSONAS), "12015550119", "12015550140", "5551234"]
    with alone(System.described().file):
        return dict(zip(numbers, await asyncio.gather(*map(one, numbers)), strict=True))


@pytest.fixture
async def client(running: RunningLab) -> AsyncIterator[Lab]:
    async with running.client() as made:
        yield made


@pytest.mark.parametrize(
    ("suffix", "status"),
    [("0104", 486), ("0106", 603), ("0107", 404), ("0108", 480), ("0109", 503), ("0119", 404), ("0140", 404)],
)
def test_who_refuses_does_it_with_the_listed_status(calls: Calls, suffix: str, status: int) -> None:
    assert [code for _, code, _ in calls[f"1201555{suffix}"].statuses] == [status]


def test_a_number_that_nobody_has_is_not_found(calls: Calls) -> None:
    assert calls["5551234"].status == 404


def test_0105_still_rings_when_it_is_given_up(calls: Calls) -> None:
    assert {code for _, code, _ in calls["12015550105"].statuses} == {180, 487}


def test_0111_sends_early_media_and_then_is_busy(calls: Calls) -> None:
    call = calls["12015550111"]
    assert [(code, sdp) for _, code, sdp in call.statuses] == [(183, True), (486, False)]
    samples = np.frombuffer(call.pcm(), "<i2").astype(np.float32) / 32768
    assert 2.5 < len(samples) / 8000 < 3.5
    assert tone_level(samples, 8000, 500.0) > -22


@pytest.mark.parametrize(("suffix", "seconds"), [("0100", 1.0), ("0118", 8.0)])
def test_who_answers_late_rings_until_then(calls: Calls, suffix: str, seconds: float) -> None:
    call = calls[f"1201555{suffix}"]
    assert [code for _, code, _ in call.statuses] == [180, 200]
    assert call.answered is not None and seconds - 0.1 < call.answered < seconds + 1


def test_0110_hangs_up_after_3_s(calls: Calls) -> None:
    call = calls["12015550110"]
    assert call.answered is not None and call.ended_by_peer is not None
    assert 2.9 < call.ended_by_peer - call.answered < 4


@pytest.mark.parametrize(
    ("suffix", "pressed"),
    [("0102", [("1", 2.1), ("1", 7.6), ("1", 13.1)]), ("0103", [("5", 2.1), ("1", 4.7)]), ("0114", [("1", 3.1)])],
)
def test_who_presses_presses_the_listed_digits_in_time(
    calls: Calls, suffix: str, pressed: list[tuple[str, float]]
) -> None:
    call = calls[f"1201555{suffix}"]
    assert call.answered is not None
    assert [digit for _, digit in call.digits] == [digit for digit, _ in pressed]
    for (at, _), (_, begun) in zip(call.digits, pressed, strict=True):
        assert begun - 0.1 < at - call.answered < begun + 0.8


def test_0117_falls_silent_on_the_wire_after_3_s_and_the_others_never(calls: Calls) -> None:
    for number, call in calls.items():
        if call.answered is None or number.endswith("0110"):
            continue
        times = [call.answered, *(at for at, _ in call.rtp)]
        last = times[-1] - call.answered
        if number.endswith("0117"):
            assert 2.8 < last < 3.6
            assert not call.rtcp
        else:
            assert times[-1] > 13.5, number
            assert max(after - before for before, after in pairwise(times)) < 1.0, number


@pytest.mark.parametrize("persona", [p for p in PERSONAS if p.tone and p.tone != 500], ids=lambda p: p.number)
async def test_who_has_a_tone_speaks_it_hears_us_and_notes_our_digit(
    running: RunningLab, calls: Calls, persona: object
) -> None:
    number, hertz = persona.number, persona.tone  # type: ignore[attr-defined]
    kept = await running.recorded(calls[number])
    said, heard = read(kept.said), read(kept.heard)
    spoken = tones(*said)
    assert spoken and all(abs(tone.frequency - hertz) < 0.02 * hertz for tone in spoken), spoken
    assert sum(tone.seconds for tone in spoken) > 0.7 * len(said[0]) / said[1]
    assert tone_level(*heard, OUR_TONE) > -22
    assert tone_level(*heard, hertz) < -50
    assert kept.digits == "7"
    assert abs(len(said[0]) - len(heard[0])) <= 160
    assert 13 < len(said[0]) / said[1] < 17


async def test_0100_says_nothing_and_hears_us(running: RunningLab, calls: Calls) -> None:
    kept = await running.recorded(calls["12015550100"])
    assert level(read(kept.said)[0]) < -80
    assert tone_level(*read(kept.heard), OUR_TONE) > -22


async def test_who_is_called_goes_on_when_nothing_is_sent_to_it_any_more(running: RunningLab) -> None:
    numbers = ("12015550100", "12015550101", "12015550115")
    waiting = (running.caller().call(number, seconds=6, tone=OUR_TONE, send=2) for number in numbers)
    for call in await asyncio.gather(*waiting):
        assert call.answered is not None
        late = [at for at, _ in call.rtp if at > call.answered + 2.5]
        assert len(late) > 0.8 * 50 * (6 - call.answered - 2.5)


async def test_0115_sends_back_what_it_hears(running: RunningLab, calls: Calls) -> None:
    kept = await running.recorded(calls["12015550115"])
    assert tone_level(*read(kept.said), OUR_TONE) > -22


async def test_0114_says_its_name_and_not_something_else(running: RunningLab, calls: Calls) -> None:
    said = (await running.recorded(calls["12015550114"])).said
    assert words(said, "my name is") and not words(said, "your order is")


async def test_voicemail_speaks_and_only_one_of_the_two_beeps(running: RunningLab, calls: Calls) -> None:
    beeps = {}
    for number in ("12015550112", "12015550113"):
        kept = await running.recorded(calls[number])
        assert words(kept.said, "please leave a message"), number
        beeps[number] = [tone for tone in tones(*read(kept.said)) if abs(tone.frequency - 1000) < 15]
        assert tone_level(*read(kept.heard), OUR_TONE) > -22
    assert 0.3 < sum(tone.seconds for tone in beeps["12015550112"]) < 0.6
    assert beeps["12015550113"] == []


async def test_0116_asks_again_after_a_wrong_code(running: RunningLab, calls: Calls) -> None:
    kept = await running.recorded(calls["12015550116"])
    assert kept.digits == "12#"
    samples, rate = read(kept.said)
    assert level(samples[6 * rate :]) > -40, "it speaks again behind the wrong code"


async def test_0116_thanks_for_the_right_code(running: RunningLab) -> None:
    press = tuple((1.0 + 0.5 * n, digit) for n, digit in enumerate("1234#"))
    call = await running.caller().call("12015550116", seconds=12, press=press)
    kept = await running.recorded(call)
    assert kept.digits == "1234#"
    samples, rate = read(kept.said)
    assert level(samples[int(3.5 * rate) :]) > -40, "it speaks behind the code"


async def test_a_number_that_was_given_a_persona_behaves_like_it_until_it_is_taken_away(
    running: RunningLab, client: Lab
) -> None:
    await client.map("+4930555017", "12015550106")
    assert (await running.caller().call("4930555017", seconds=5)).status == 603
    assert (await running.caller().call("+4930555017", seconds=5)).status == 603
    await client.unmap("4930555017")
    assert (await running.caller().call("4930555017", seconds=5)).status == 404


async def test_the_registered_trunk_lets_nobody_in_without_a_password(running: RunningLab) -> None:
    call = await running.caller(running.trunk_address).call("12015550101", seconds=5)
    assert call.status == 401
