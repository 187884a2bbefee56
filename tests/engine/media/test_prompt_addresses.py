"""A prompt's URL is requested as the customer wrote it: links are signed byte for byte."""

import asyncio
import gc
from pathlib import Path

import pytest

from engine.media import Prompts
from engine.media.address import exact
from tests.engine.media.trouble import Web, tone

SIGNED = "/raw/f%28g%29.wav?sig=a%2Fb%3D&t=%7Ex"


@pytest.mark.parametrize("path", [
    SIGNED, "/raw/common/percolation?keyName=filler%2Emp3", "/raw/a%2fb/%2E%2E/c//d;v=1?x=%c3%a4&y=a+b&z=%20",
    "/raw/?url=https://o.example/x%3Fy%3D1&sig=~-_.!*'()", "/raw/" + "long/" * 300 + "x.wav",
    "/raw/x?X-Amz-Credential=A%2F20260101%2Feu%2Fs3&X-Amz-Signature=0af",
])  # fmt: skip
async def test_a_url_is_requested_byte_for_byte(prompts: Prompts, server: Web, path: str) -> None:
    assert (await prompts.prepare(server.base + path, allow_private=True)).seconds == 1.0
    assert server.asked_raw == [path]


async def test_redirects_are_followed_byte_for_byte(prompts: Prompts, server: Web) -> None:
    server.leads = [SIGNED.replace("%28", "%5B"), f"{server.base}{SIGNED}", "h%28i%29?u=%7E"]
    await prompts.prepare(f"{server.base}/raw/start", allow_private=True)
    assert server.asked_raw == ["/raw/start", SIGNED.replace("%28", "%5B"), SIGNED, "/raw/h%28i%29?u=%7E"]


@pytest.mark.parametrize(("written", "asked"), [
    ("/raw/a b.wav", "/raw/a%20b.wav"), ("/raw/ü.wav?ä=ö", "/raw/%C3%BC.wav?%C3%A4=%C3%B6"),
    ("/raw/100%", "/raw/100%25"),
    ("/raw/x?q=%zz&r=\"a\"|{b}", "/raw/x?q=%25zz&r=%22a%22%7C%7Bb%7D"), ("/raw/x#part", "/raw/x"),
])  # fmt: skip
async def test_bytes_that_no_request_may_hold_are_escaped(
    prompts: Prompts, server: Web, written: str, asked: str
) -> None:
    await prompts.prepare(server.base + written, allow_private=True)
    assert server.asked_raw == [asked]


async def test_a_redirect_to_an_address_with_letters_beyond_ascii_is_followed(prompts: Prompts, server: Web) -> None:
    server.leads = ["/raw/grüße 1.wav"]
    await prompts.prepare(f"{server.base}/raw/start", allow_private=True)
    assert server.asked_raw[1] == "/raw/gr%C3%BC%C3%9Fe%201.wav"


@pytest.mark.parametrize(("url", "host", "user"), [
    ("http://bücher.example/x", "xn--bcher-kva.example", None),
    ("http://a%40b:c%2F@H.Example:81/x", "h.example", "a@b"),
    ("http://[::1]:81/x", "::1", None),
])  # fmt: skip
def test_host_and_login_stay_readable(url: str, host: str, user: str | None) -> None:
    assert (exact(url).raw_host, exact(url).user) == (host, user)


async def test_a_missing_file_whose_caller_has_hung_up_is_not_logged_by_the_loop(
    make, tmp_path: Path
) -> None:
    (tmp_path / "media").mkdir()
    prompts = await make(media_root=tmp_path / "media")
    loop, told = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, context: told.append(context["message"]))
    asking = [asyncio.create_task(prompts.prepare("file:///nothing.wav")) for _ in range(5)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    for one in asking:
        one.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    del asking, one
    (tmp_path / "media" / "there.wav").write_bytes(tone())
    assert (await prompts.prepare("file:///there.wav")).seconds == 1.0
    assert (await prompts.prepare("file:///there.wav")).seconds == 1.0
    gc.collect()
    await asyncio.sleep(0)
    assert told == []
