"""Voices over the API: listed, and a text heard without a call."""

import io
from typing import Any

import pytest
import soundfile

from tests.api.own.installation import Installation


async def say(installation: Installation, token: str, **body: Any) -> tuple[int, str, bytes]:
    url = installation.public_server.make_url("/carillon/v1/voices/say")
    headers = {"Authorization": f"Bearer {token}"}
    async with installation.session.post(url, headers=headers, json=body) as answer:
        return answer.status, answer.content_type, await answer.read()


@pytest.fixture
async def token(installation: Installation) -> str:
    return str((await installation.account("ann"))["carillon"]["token"])


async def test_the_voices_are_listed(installation: Installation, token: str) -> None:
    status, found = await installation.ask(installation.public_server, "GET", "/carillon/v1/voices", token)
    assert status == 200
    assert found["voices"][0] == {"name": "rms", "locale": "en-us", "engine": "flite"}
    assert await installation.admin("GET", "/accounts/ann/voices") == (200, found)


@pytest.mark.parametrize(("format", "content_type"), [("mp3", "audio/mpeg"), ("wav", "audio/wav")])
async def test_a_text_is_heard_without_a_call(
    installation: Installation, token: str, format: str, content_type: str
) -> None:
    lengths = []
    for factor in (1.0, 1.5):
        body = {"text": "Hello.", "voice": "slt", "format": format, "length_factor": factor}
        status, kind, sound = await say(installation, token, **body)
        assert (status, kind) == (200, content_type)
        lengths.append(soundfile.info(io.BytesIO(sound)).duration)
    assert lengths[1] / lengths[0] == pytest.approx(1.5, rel=0.1)


@pytest.mark.parametrize(("body", "code"), [
    ({"text": "Hello", "voice": "nobody"}, "invalid_setting"),
    ({"text": "Hello", "length_factor": 3}, "bad_length"),
    ({"text": "..."}, "empty"),
    ({"text": "a" * 601}, "text_too_long"),
    ({"text": "Hello", "format": "ogg"}, "bad_request"),
])  # fmt: skip
async def test_what_cannot_be_spoken_is_refused_with_a_reason(
    installation: Installation, token: str, body: dict[str, Any], code: str
) -> None:
    server = installation.public_server
    status, error = await installation.ask(server, "POST", "/carillon/v1/voices/say", token, body)
    assert (status, error["code"]) == (400, code)


async def test_a_key_is_needed(installation: Installation) -> None:
    assert (await say(installation, "no.key", text="Hello"))[0] == 401
