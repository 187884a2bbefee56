"""The links to recordings and what is behind them."""

from urllib.parse import urlsplit

import pytest

from engine.features.recordings import store
from engine.store import recordings
from engine.store.recordings import RecordingRow
from tests.api.conftest import Stack
from tests.support.raw_http import ask, request

SAVED = b"RIFF....WAVE"


@pytest.fixture
async def link(stack: Stack) -> str:
    """The path of a link to a recording that is there."""
    row = RecordingRow(id="rec-1", account="account-ann", owner="call-1", task="task-1", name="call-1-2", created=0.0)
    await stack.writer.write(lambda conn: recordings.begin(conn, row))
    (stack.folder / "rec-1.wav").write_bytes(SAVED)
    url = stack.recordings.url("rec-1", "call-1-2")
    assert url.startswith("http://api.test/recordings/") and url.endswith("/call-1-2.wav")
    return urlsplit(url).path


async def test_a_link_serves_the_file(stack: Stack, link: str) -> None:
    async with stack.client.get(link) as response:
        assert response.status == 200
        assert response.content_type == "audio/wav"
        assert await response.read() == SAVED
    async with stack.client.get(link, headers={"Range": "bytes=0-3"}) as response:
        assert (response.status, await response.read()) == (206, b"RIFF")


@pytest.mark.parametrize(
    "given",
    ["bytes=abc", "bytes=0-1,4-5", "bytes=4-2", "bytes=", "bytes=-", "items=0-3", "0-3", f"bytes=0-{'9' * 4301}"],
)
async def test_a_range_that_is_none_or_several_is_ignored(stack: Stack, link: str, given: str) -> None:
    async with stack.client.get(link, headers={"Range": given}) as response:
        assert (response.status, await response.read()) == (200, SAVED)


@pytest.mark.parametrize(
    ("given", "status", "part"),
    [("bytes=4-", 206, SAVED[4:]), ("bytes=-4", 206, SAVED[-4:]), ("Bytes=0-99", 206, SAVED), ("bytes=99-", 416, b"")],
)
async def test_one_range_of_bytes_is_served(stack: Stack, link: str, given: str, status: int, part: bytes) -> None:
    async with stack.client.get(link, headers={"Range": given}) as response:
        assert (response.status, await response.read()) == (status, part)


async def test_a_range_beside_headers_that_are_not_utf_8_is_ignored_too(stack: Stack, link: str) -> None:
    raw = request("GET", link, Range="bytes=abc", If_None_Match="\xff", If_Modified_Since="\xff", X_Other="\xff")
    answer = await ask("127.0.0.1", int(stack.client.port or 0), raw)
    assert (answer.status, answer.body) == (200, SAVED)


async def test_an_mp3_is_served_as_one_once_it_is_made(stack: Stack) -> None:
    row = RecordingRow(
        id="rec-2", account="account-ann", owner="call-1", task="task-1", name="a", created=0.0, format="mp3"
    )
    await stack.writer.write(lambda conn: recordings.begin(conn, row))
    path = urlsplit(stack.recordings.url("rec-2", "a", "mp3")).path
    async with stack.client.get(path) as response:
        assert (response.status, await response.text()) == (404, "This recording is not ready yet.")
    (stack.folder / "rec-2.mp3").write_bytes(SAVED)
    await stack.writer.write(lambda conn: store.made_available(conn, "rec-2", "", 12, 1.0))
    async with stack.client.get(path) as response:
        assert (response.status, response.content_type, await response.read()) == (200, "audio/mpeg", SAVED)
    async with stack.client.get(path.replace(".mp3", ".wav")) as response:
        assert response.status == 404


async def test_an_expired_link_is_gone(stack: Stack, link: str) -> None:
    stack.time.now += 8 * 86_400
    async with stack.client.get(link) as response:
        assert (response.status, await response.text()) == (410, "This link has expired. Ask for a new one.")


async def test_a_deleted_recording_is_gone(stack: Stack, link: str) -> None:
    await stack.writer.write(lambda conn: store.mark_deleted(conn, "rec-1", 1.0))
    async with stack.client.get(link) as response:
        assert (response.status, await response.text()) == (410, "This recording was deleted.")


async def test_a_missing_file_is_gone(stack: Stack, link: str) -> None:
    (stack.folder / "rec-1.wav").unlink()
    async with stack.client.get(link) as response:
        assert response.status == 410


async def test_a_forged_or_bent_link_leads_nowhere(stack: Stack, link: str) -> None:
    _, _, token, _ = link.split("/")
    bent = [
        f"/recordings/{token}/other.wav",
        f"/recordings/{token}x/call-1-2.wav",
        "/recordings/x/call-1-2.wav",
        f"/recordings/{token}/..%2F..%2Fetc%2Fpasswd.wav",
        urlsplit(stack.recordings.url("rec-unknown", "call-1-2")).path,
    ]
    for path in bent:
        async with stack.client.get(path) as response:
            assert response.status == 404, path
