"""TingTing's test of a voice: the link leads to what is spoken."""

import aiohttp
import pytest

from tests.clients.tingting.client import TingTing
from tests.support import audio

PATH = "/api/system/test/voice/"
TEXT = "नमस्कार, टिङ्टिंगमा हजुरलाई स्वागत छ"


async def spoken(tingting: TingTing, **given: str) -> bytes:
    answer = await tingting.ok("POST", PATH, json=given)
    status, kind, content = await tingting.fetch(answer["data"]["audio"])
    assert (status, kind) == (200, "audio/wav"), content
    return content


async def test_each_voice_is_heard_and_the_first_one_where_none_is_named(tingting: TingTing) -> None:
    voices = {name: await spoken(tingting, message=TEXT, voice_input=name) for name in
              ("np_rija", "np_prasanna", "np_binod")}  # fmt: skip
    assert len(set(voices.values())) == 3
    samples, _ = audio.read_wav(voices["np_rija"])
    assert len(samples)
    assert await spoken(tingting, message=TEXT) == voices["np_rija"]


async def test_a_link_that_was_changed_leads_nowhere(tingting: TingTing, http: aiohttp.ClientSession) -> None:
    url = (await tingting.ok("POST", PATH, json={"message": "Hi"}))["data"]["audio"]
    for changed in (url.replace("/voice.wav", "A/voice.wav"), url.replace("/test/voice/", "/test/voice/x")):
        async with http.get(changed) as answer:
            assert answer.status == 404 and (await answer.json())["success"] is False


@pytest.mark.parametrize("given", [{}, {"message": "  "}, {"message": "a" * 601}, {"message": "a", "voice_input": "x"}])
async def test_a_message_that_cannot_be_spoken_is_refused(tingting: TingTing, given: dict[str, str]) -> None:
    await tingting.failed("POST", PATH, 400, json=given)
