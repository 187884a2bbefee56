"""How long a fetched prompt is played before its server is asked again: as it says (RFC 9111), within bounds."""

import asyncio

import pytest

from engine.media import PromptError, Prompts, PromptSettings
from engine.media.freshness import freshness
from tests.engine.media.trouble import Clock, Web, tone
from tests.support.audio import read, tones


def pitch(path: str) -> int:
    return round(tones(*read(path + ".ulaw"))[0].frequency)


@pytest.mark.parametrize(("headers", "seconds"), [
    ({}, 60), ({"ETag": '"x"'}, 5), ({"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}, 5),
    ({"Cache-Control": "max-age=300"}, 300), ({"Cache-Control": "public, Max-Age=\"300\""}, 300),
    ({"Cache-Control": "max-age=300, s-maxage=20"}, 20), ({"Cache-Control": "max-age=300", "Age": "120"}, 180),
    ({"Cache-Control": "max-age=300", "Age": "400"}, 0), ({"Cache-Control": "max-age=31536000"}, 86_400),
    ({"Cache-Control": "no-cache, max-age=300"}, 0), ({"Cache-Control": "no-store"}, 0),
    ({"Cache-Control": "private"}, 60), ({"Cache-Control": "max-age=soon", "ETag": '"x"'}, 5),
    ({"Expires": "Mon, 01 Jan 2024 00:02:00 GMT", "Date": "Mon, 01 Jan 2024 00:00:00 GMT"}, 120),
    ({"Expires": "Mon, 01 Jan 2024 00:02:00 GMT"}, 0), ({"Expires": "0"}, 0),
    ({"Expires": "0", "Cache-Control": "max-age=9"}, 9),
])  # fmt: skip
def test_how_long_a_response_is_fresh(headers: dict[str, str], seconds: float) -> None:
    validated = bool(headers.keys() & {"ETag", "Last-Modified"})
    assert freshness(headers, PromptSettings(), validated=validated).seconds == seconds


@pytest.mark.parametrize("headers", [{"ETag": '"one"'}, {"Cache-Control": "no-cache"}, {"Cache-Control": "max-age=5"}])
async def test_a_changed_file_is_played_when_its_freshness_ends(
    prompts: Prompts, server: Web, clock: Clock, headers: dict[str, str]
) -> None:
    sent = {name.replace("-", "_"): value for name, value in headers.items()}
    url = server.put("x.wav", tone(440), **sent)
    assert pitch((await prompts.prepare(url, allow_private=True)).path) == 440
    server.put("x.wav", tone(880), **{name: value.replace("one", "two") for name, value in sent.items()})
    clock.now += 5
    assert pitch((await prompts.prepare(url, allow_private=True)).path) == 880


async def test_a_file_that_is_fresh_for_an_hour_is_not_requested(
    prompts: Prompts, server: Web, clock: Clock
) -> None:
    url = server.put("x.wav", tone(), Cache_Control="max-age=3600")
    await prompts.prepare(url, allow_private=True)
    clock.now += 3599
    await prompts.prepare(url, allow_private=True)
    assert len(server.asked) == 1


async def test_a_late_revalidation_does_not_delay_a_call_and_counts_for_the_next_one(
    make, server: Web, clock: Clock
) -> None:
    prompts = await make(asking_seconds=0.05)
    url = server.put("x.wav", tone(440), ETag='"one"')
    await prompts.prepare(url, allow_private=True)
    server.put("x.wav", tone(880), ETag='"two"')
    server.gate = asyncio.Event()
    clock.now += 6
    assert pitch((await prompts.prepare(url, allow_private=True)).path) == 440
    assert len(server.asked) == 2
    server.gate.set()
    async with asyncio.timeout(5):
        while pitch((await prompts.prepare(url, allow_private=True)).path) == 440:
            pass  # each waits for the answer that is under way
    assert len(server.asked) == 2, "one request for both"


async def test_a_server_that_is_down_is_an_error_if_stale_audio_is_not_permitted(
    prompts: Prompts, server: Web, clock: Clock
) -> None:
    url = server.put("x.wav", tone(), Cache_Control="max-age=5, must-revalidate")
    await prompts.prepare(url, allow_private=True)
    server.status = 503
    clock.now += 6
    with pytest.raises(PromptError) as error:
        await prompts.prepare(url, allow_private=True)
    assert error.value.reason == "http_error"
