"""A bad prompt is an error in time, with a reason that says what to mend, and never audio."""

import asyncio
import os
from pathlib import Path

import numpy as np
import pytest

from engine.media import PromptError, Prompts
from tests.engine.media.trouble import Clock, Web, encoded, tone
from tests.support.audio import sine

HTML = b"<!DOCTYPE html><html><body>Not the audio you are looking for</body></html>"


async def reason(prompts: Prompts, source: str, allow_private: bool = True) -> str:
    """The reason the prompt is refused for; the sentence is checked on the way."""
    with pytest.raises(PromptError) as caught:
        await prompts.prepare(source, allow_private=allow_private)
    assert str(caught.value).rstrip(")")[-1] and len(str(caught.value)) > 20
    return caught.value.reason


def nothing_left(folder: Path) -> bool:
    return not list(folder.iterdir())


async def test_a_404_is_not_found(prompts: Prompts, server: Web) -> None:
    assert await reason(prompts, server.base + "/files/nothing.wav") == "not_found"


@pytest.mark.parametrize(("status", "word"), [(403, "refused"), (401, "refused"), (410, "not_found"),
                                              (500, "http_error"), (503, "http_error"), (304, "http_error")])
async def test_an_http_error_is_named(prompts: Prompts, server: Web, status: int, word: str) -> None:
    server.status = status
    assert await reason(prompts, server.put("x.wav", tone())) == word


NOT_AUDIO = [HTML, b"  \n<html>", b'{"error": 1}', b"%PDF-1.7", b"hello", b"\x89PNG\r\n\x1a\n\0\0",
             b"PK\x03\x04\0\0\0\0", b"\xff\xd8\xff\xe0\0\x10JFIF", bytes(1000)]
OTHER_AUDIO = [b"#!AMR\n" + bytes(50), b"\0\0\0\x20ftypM4A " + bytes(50), b"\xff\xf1" + bytes(50),
               b"FORM\0\0\0\0AIFF" + bytes(40),
               b"RIFF\x34\0\0\0WAVEfmt \x10\0\0\0\x99\x99" + bytes(14) + b"data\x10\0\0\0" + bytes(16)]


@pytest.mark.parametrize("content", NOT_AUDIO)
async def test_what_is_not_audio_is_refused_whatever_its_declared_type(
    prompts: Prompts, server: Web, content: bytes
) -> None:
    url = server.put("page.wav", content, Content_Type="audio/wav")
    assert await reason(prompts, url) == "not_audio"


async def test_the_sentence_names_a_web_page(prompts: Prompts, server: Web) -> None:
    with pytest.raises(PromptError, match="web page"):
        await prompts.prepare(server.put("page.wav", HTML), allow_private=True)


@pytest.mark.parametrize("content", OTHER_AUDIO)
async def test_audio_of_a_kind_we_do_not_read_is_unsupported(prompts: Prompts, server: Web, content: bytes) -> None:
    assert await reason(prompts, server.put("x", content)) == "unsupported"


async def test_an_empty_file_is_empty(prompts: Prompts, server: Web) -> None:
    assert await reason(prompts, server.put("x.wav", b"")) == "empty"


@pytest.mark.parametrize("kind", ["WAV", "FLAC"])
async def test_a_file_with_a_header_only_is_empty(prompts: Prompts, server: Web, kind: str) -> None:
    assert await reason(prompts, server.put("x", encoded(np.zeros(0, np.float32), 8_000, kind))) == "empty"


@pytest.mark.parametrize(("kind", "rate"), [("WAV", 8_000), ("FLAC", 44_100), ("OGG", 44_100)])
@pytest.mark.parametrize("share", [0.3, 0.7])
async def test_a_file_that_was_cut_is_truncated(
    prompts: Prompts, server: Web, kind: str, rate: int, share: float
) -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, 4 * rate).astype(np.float32)
    content = encoded(noise, rate, kind)
    assert await reason(prompts, server.put("x", content[: int(len(content) * share)])) == "truncated"


@pytest.mark.parametrize("length", [4, 11, 20, 43])
async def test_a_wav_cut_in_its_header_is_refused(prompts: Prompts, server: Web, length: int) -> None:
    assert await reason(prompts, server.put("x.wav", tone()[:length])) in ("truncated", "not_audio")


async def test_a_connection_that_breaks_off_is_truncated(prompts: Prompts, server: Web) -> None:
    assert await reason(prompts, server.base + "/cut") == "truncated"


async def test_a_gigabyte_is_stopped_at_the_limit(make, server: Web) -> None:
    prompts = await make(max_bytes=1_000_000)
    assert await reason(prompts, server.base + "/endless") == "too_large"
    assert server.sent < 64_000_000


async def test_a_gigabyte_that_is_announced_is_not_even_begun(make, server: Web) -> None:
    prompts = await make(max_bytes=1_000_000)
    assert await reason(prompts, server.base + "/declared") == "too_large"


async def test_a_slow_drip_ends_at_the_time_limit(make, server: Web) -> None:
    prompts = await make(fetch_seconds=0.3)
    began = asyncio.get_running_loop().time()
    assert await reason(prompts, server.base + "/drip") == "too_slow"
    assert asyncio.get_running_loop().time() - began < 2


async def test_a_server_that_never_answers_is_too_slow(make, server: Web) -> None:
    server.gate = asyncio.Event()
    prompts = await make(fetch_seconds=0.2)
    assert await reason(prompts, server.put("x.wav", tone())) == "too_slow"
    server.gate.set()


async def test_a_long_prompt_is_refused(make, server: Web) -> None:
    prompts = await make(max_seconds=2.0)
    assert await reason(prompts, server.put("x.wav", tone(seconds=2.5))) == "too_long"
    flac = encoded(np.zeros(44_100 * 30, np.float32), 44_100, "FLAC")
    assert await reason(prompts, server.put("bomb.flac", flac)) == "too_long"


async def test_a_loop_of_redirects_is_left(prompts: Prompts, server: Web) -> None:
    assert await reason(prompts, server.base + "/loop") == "redirects"
    assert len(server.asked) == 4


async def test_three_redirects_are_followed_and_not_a_fourth(prompts: Prompts, server: Web) -> None:
    server.put("tone.wav", tone())
    assert (await prompts.prepare(server.base + "/hops/3", allow_private=True)).seconds == 1.0
    assert await reason(prompts, server.base + "/hops/4") == "redirects"


async def test_a_redirect_to_the_metadata_service_is_refused_even_if_private_is_allowed(
    prompts: Prompts, server: Web
) -> None:
    assert await reason(prompts, server.base + "/redirect?to=http://169.254.169.254/latest/") == "private_address"


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/"])
async def test_a_redirect_out_of_http_is_refused(prompts: Prompts, server: Web, to: str) -> None:
    assert await reason(prompts, server.base + f"/redirect?to={to}") == "redirects"


async def test_a_private_address_is_refused_unless_it_is_allowed(prompts: Prompts, server: Web) -> None:
    url = server.put("x.wav", tone())
    assert await reason(prompts, url, allow_private=False) == "private_address"
    assert await reason(prompts, url.replace("127.0.0.1", "localhost"), allow_private=False) == "private_address"
    assert not server.asked
    assert (await prompts.prepare(url, allow_private=True)).seconds == 1.0


async def test_what_one_customer_fetched_from_a_private_address_is_not_given_to_another(
    prompts: Prompts, server: Web
) -> None:
    url = server.put("x.wav", tone())
    await prompts.prepare(url, allow_private=True)
    assert await reason(prompts, url, allow_private=False) == "private_address"


async def test_a_dead_server_is_unreachable(prompts: Prompts) -> None:
    assert await reason(prompts, "http://127.0.0.1:1/x.wav") == "unreachable"


@pytest.mark.parametrize("source", ["", "x.wav", "http://", "http:///x", "http://[::1", "ftp://h/x",
                                    "javascript:1", "sound:hello", "http://127.0.0.1:99999/x", "data:audio/wav,x"])
async def test_a_bad_url_is_named_as_one(prompts: Prompts, source: str) -> None:
    assert await reason(prompts, source) == "bad_url"


async def test_a_failure_leaves_no_files(make, server: Web, tmp_path: Path) -> None:
    prompts = await make(max_bytes=1_000_000)
    for path in ("/endless", "/cut", "/files/nothing"):
        await reason(prompts, server.base + path)
    await reason(prompts, server.put("page", HTML))
    assert nothing_left(tmp_path / "cache")


async def test_a_failure_is_remembered_for_a_moment_only(prompts: Prompts, server: Web, clock: Clock) -> None:
    url = server.put("x.wav", HTML)
    assert await reason(prompts, url) == await reason(prompts, url) == "not_audio"
    assert len(server.asked) == 1
    server.put("x.wav", tone())
    clock.now += 5.1
    assert (await prompts.prepare(url, allow_private=True)).seconds == 1.0


async def test_a_full_or_forbidden_disk_is_reported(make, server: Web, tmp_path: Path) -> None:
    prompts = await make()
    (tmp_path / "cache").rmdir()
    (tmp_path / "cache").write_text("a file where the folder was")
    assert await reason(prompts, server.put("x.wav", tone())) == "no_space"
    (tmp_path / "cache").unlink()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "media"
    (root / "below").mkdir(parents=True)
    (root / "some.wav").write_bytes(tone())
    (root / "below" / "ünï 1.wav").write_bytes(tone(seconds=2))
    (tmp_path / "secret.wav").write_bytes(tone())
    (root / "way-out.wav").symlink_to(tmp_path / "secret.wav")
    (root / "inside.wav").symlink_to(root / "some.wav")
    os.mkfifo(root / "pipe.wav")
    return root


async def test_a_file_below_the_media_folder_is_played(make, root: Path) -> None:
    prompts = await make(media_root=root)
    for source in (f"file://{root}/some.wav", "file:///some.wav", "file://localhost/some.wav", "FILE:///inside.wav"):
        assert (await prompts.prepare(source)).seconds == 1.0
    assert (await prompts.prepare("file:///below/%C3%BCn%C3%AF%201.wav")).seconds == 2.0


async def test_a_file_that_changed_is_read_again_within_a_second(make, root: Path, clock: Clock) -> None:
    prompts = await make(media_root=root)
    assert (await prompts.prepare("file:///some.wav")).seconds == 1.0
    (root / "some.wav").write_bytes(tone(seconds=3))
    clock.now += 0.9
    assert (await prompts.prepare("file:///some.wav")).seconds == 1.0
    clock.now += 0.2
    assert (await prompts.prepare("file:///some.wav")).seconds == 3.0


async def test_a_file_whose_prompt_was_removed_is_converted_again(make, root: Path, tmp_path: Path) -> None:
    prompts = await make(media_root=root)
    prompt = await prompts.prepare("file:///some.wav")
    for file in (tmp_path / "cache").iterdir():
        file.unlink()
    again = await prompts.prepare("file:///some.wav")
    assert again.digest == prompt.digest
    assert not nothing_left(tmp_path / "cache")


@pytest.mark.parametrize("path", ["/../secret.wav", "/%2e%2e/secret.wav", "/way-out.wav", "/below/../../secret.wav"])
async def test_no_path_leads_out_of_the_media_folder(make, root: Path, path: str) -> None:
    prompts = await make(media_root=root)
    assert await reason(prompts, "file://" + path) == "outside_media_root"


async def test_other_files_of_the_machine_do_not_exist_for_a_prompt(make, root: Path) -> None:
    prompts = await make(media_root=root)
    assert await reason(prompts, "file:///etc/passwd") == "not_found"
    assert await reason(prompts, f"file://{root.parent}/secret.wav") == "not_found"
    assert await reason(prompts, "file:///nothing.wav") == "not_found"


@pytest.mark.parametrize(("source", "word"), [("file:///pipe.wav", "not_audio"), ("file:///below", "not_audio"),
                                              ("file://host/some.wav", "bad_url"), ("file:///a%00b", "bad_url"),
                                              ("file://", "bad_url")])
async def test_odd_file_urls_are_refused(make, root: Path, source: str, word: str) -> None:
    assert await reason(await make(media_root=root), source) == word


async def test_without_a_media_folder_there_are_no_file_prompts(prompts: Prompts) -> None:
    assert await reason(prompts, "file:///etc/passwd") == "outside_media_root"


async def test_a_large_file_is_refused(make, root: Path) -> None:
    (root / "large.wav").write_bytes(encoded(sine(440, 20), 8_000))
    assert await reason(await make(media_root=root, max_bytes=100_000), "file:///large.wav") == "too_large"
