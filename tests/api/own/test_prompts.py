"""Prompts that an account uploads: put, listed, fetched, deleted; nobody else's."""

import io
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import soundfile

from tests.api.own.installation import Installation
from tests.support.audio import sine


def tone(seconds: float = 1.0, kind: str = "WAV") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.asarray(sine(440, seconds, 8000)), 8000, format=kind)
    return file.getvalue()


class Customer:
    """One account at the API."""

    def __init__(self, installation: Installation, token: str) -> None:
        self._installation, self._token = installation, token

    async def ask(self, method: str, name: str = "", data: bytes | None = None) -> tuple[int, Any]:
        path = f"/carillon/v1/prompts/{quote(name)}" if name else "/carillon/v1/prompts"
        more = {} if data is None else {"data": io.BytesIO(data)}
        return await self._installation.ask(self._installation.public_server, method, path, self._token, **more)

    async def fetch(self, name: str) -> tuple[int, str, bytes]:
        url = self._installation.public_server.make_url(f"/carillon/v1/prompts/{quote(name)}")
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._installation.session.get(url, headers=headers) as answer:
            return answer.status, answer.content_type, await answer.read()


@pytest.fixture
async def ann(installation: Installation) -> Customer:
    """A customer."""
    return Customer(installation, (await installation.account("ann"))["carillon"]["token"])


@pytest.fixture
async def bob(installation: Installation) -> Customer:
    """Another one."""
    return Customer(installation, (await installation.account("bob"))["carillon"]["token"])


async def test_a_file_is_put_listed_fetched_and_deleted(ann: Customer, installation: Installation) -> None:
    status, kept = await ann.ask("PUT", "sv/hej då.wav", tone(2))
    assert (status, kept["name"], kept["source"]) == (201, "sv/hej då.wav", "upload:sv/hej då.wav")
    assert (kept["seconds"], kept["bytes"]) == (2.0, len(tone(2)))
    assert (await ann.ask("GET"))[1] == {"prompts": [kept]}
    assert await ann.fetch("sv/hej då.wav") == (200, "audio/wav", tone(2))
    assert (await ann.ask("DELETE", "sv/hej då.wav"))[0] == 204
    assert (await ann.ask("DELETE", "sv/hej då.wav"))[0] == 404
    assert (await ann.fetch("sv/hej då.wav"))[0] == 404
    assert list((installation.folder / "uploads").iterdir()) == []


async def test_a_file_of_the_same_name_takes_the_place(ann: Customer, installation: Installation) -> None:
    await ann.ask("PUT", "a", tone(1))
    status, kept = await ann.ask("PUT", "a", tone(2, "FLAC"))
    assert (status, kept["seconds"]) == (200, 2.0)
    assert (await ann.fetch("a"))[1] == "audio/flac"
    assert len(list((installation.folder / "uploads").iterdir())) == 1


async def test_nobody_sees_another_account_s_files(ann: Customer, bob: Customer) -> None:
    await ann.ask("PUT", "a.wav", tone())
    assert (await bob.ask("GET"))[1] == {"prompts": []}
    assert (await bob.fetch("a.wav"))[0] == 404
    assert (await bob.ask("DELETE", "a.wav"))[0] == 404
    assert (await bob.ask("PUT", "a.wav", tone(2)))[0] == 201
    assert len((await ann.fetch("a.wav"))[2]) == len(tone())


@pytest.mark.parametrize(
    ("name", "data", "status", "code"),
    [("a.wav", b"<html>", 400, "not_audio"), ("a.wav", b"", 400, "empty"), ("a;b", b"x", 400, "bad_name"),
     ("a..b", b"x", 400, "bad_name"), ("big", bytes(20_000_001), 413, "too_large")],
    ids=["not audio", "empty", "a semicolon", "two full stops", "too large"],
)  # fmt: skip
async def test_what_cannot_be_kept_is_refused_with_a_sentence(
    ann: Customer, name: str, data: bytes, status: int, code: str
) -> None:
    answered, body = await ann.ask("PUT", name, data)
    assert (answered, body["code"]) == (status, code) and body["error"].endswith((".", ")"))


async def test_without_a_key_nothing_is_kept(installation: Installation) -> None:
    asked = await installation.ask(installation.public_server, "PUT", "/carillon/v1/prompts/a", "no.key", data=tone())
    assert asked[0] == 401 and list((installation.folder / "uploads").iterdir()) == []


async def test_the_administrator_sees_any_account_s(installation: Installation, ann: Customer) -> None:
    await ann.ask("PUT", "a.wav", tone())
    status, found = await installation.admin("GET", "/accounts/ann/prompts")
    assert status == 200 and [one["name"] for one in found["prompts"]] == ["a.wav"]
    assert (await installation.admin("GET", "/accounts/nobody/prompts"))[0] == 404
