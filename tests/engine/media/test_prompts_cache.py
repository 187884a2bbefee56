"""A prompt is fetched once, shared, revalidated when it is not fresh, and kept while it is in use."""

import asyncio
import gc
from pathlib import Path

import pytest

from engine.media import PromptError, Prompts
from engine.media.flights import Flights
from tests.engine.media.trouble import Clock, Web, tone
from tests.support.audio import read, tones


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def age(path: str) -> int:
    return Path(path + ".ulaw").stat().st_mtime_ns


async def test_within_a_minute_the_server_is_asked_once(prompts: Prompts, server: Web, clock: Clock) -> None:
    url = server.put("x.wav", tone())
    first = await prompts.prepare(url, allow_private=True)
    clock.now += 59
    assert await prompts.prepare(url, allow_private=True) is first
    assert len(server.asked) == 1


async def test_after_a_minute_the_audio_is_revalidated(
    prompts: Prompts, server: Web, clock: Clock
) -> None:
    url = server.put("x.wav", tone(), ETag='"one"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")
    first = await prompts.prepare(url, allow_private=True)
    clock.now += 61
    assert await prompts.prepare(url, allow_private=True) is first
    assert server.asked[1].headers["If-None-Match"] == '"one"'
    assert server.asked[1].headers["If-Modified-Since"] == "Mon, 01 Jan 2024 00:00:00 GMT"
    clock.now += 4
    await prompts.prepare(url, allow_private=True)
    assert len(server.asked) == 2


async def test_a_prompt_that_changed_is_heard_anew(prompts: Prompts, server: Web, clock: Clock) -> None:
    url = server.put("x.wav", tone(440), ETag='"one"')
    first = await prompts.prepare(url, allow_private=True)
    server.put("x.wav", tone(880, 2), ETag='"two"')
    clock.now += 61
    second = await prompts.prepare(url, allow_private=True)
    assert (second.seconds, round(tones(*read(second.path + ".ulaw"))[0].frequency)) == (2.0, 880)
    assert round(tones(*read(first.path + ".ulaw"))[0].frequency) == 440


async def test_a_prompt_that_is_gone_is_no_longer_played(prompts: Prompts, server: Web, clock: Clock) -> None:
    url = server.put("x.wav", tone())
    await prompts.prepare(url, allow_private=True)
    server.status = 404
    clock.now += 61
    with pytest.raises(PromptError) as caught:
        await prompts.prepare(url, allow_private=True)
    assert caught.value.reason == "not_found"


async def test_a_server_that_is_down_is_stood_in_for_by_the_last_good_audio(
    prompts: Prompts, server: Web, clock: Clock
) -> None:
    url = server.put("x.wav", tone())
    first = await prompts.prepare(url, allow_private=True)
    server.status = 503
    clock.now += 61
    assert await prompts.prepare(url, allow_private=True) is first
    assert await prompts.prepare(url, allow_private=True) is first
    assert len(server.asked) == 2
    clock.now += 6
    await prompts.prepare(url, allow_private=True)
    assert len(server.asked) == 3
    clock.now += 3600
    with pytest.raises(PromptError) as caught:
        await prompts.prepare(url, allow_private=True)
    assert caught.value.reason == "http_error"


async def test_the_same_bytes_at_two_addresses_are_kept_once(prompts: Prompts, server: Web, tmp_path: Path) -> None:
    first, second = server.put("a.wav", tone()), server.put("b.wav", tone())
    one = await prompts.prepare(first, allow_private=True)
    assert await prompts.prepare(second, allow_private=True) is one
    assert len(files(tmp_path / "cache")) == 3


async def test_callers_at_once_share_one_fetch(prompts: Prompts, server: Web) -> None:
    url = server.put("x.wav", tone())
    server.gate = asyncio.Event()
    asking = [asyncio.create_task(prompts.prepare(url, allow_private=True)) for _ in range(20)]
    await server.arrived.wait()
    server.gate.set()
    assert len(set(map(id, await asyncio.gather(*asking)))) == 1
    assert len(server.asked) == 1


async def test_a_cancelled_caller_does_not_affect_the_others(prompts: Prompts, server: Web) -> None:
    url = server.put("x.wav", tone())
    server.gate = asyncio.Event()
    first, second = (asyncio.create_task(prompts.prepare(url, allow_private=True)) for _ in range(2))
    await server.arrived.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    server.gate.set()
    assert (await second).seconds == 1.0
    assert len(server.asked) == 1


async def test_after_the_last_caller_is_cancelled_the_fetch_ends_and_the_next_starts_a_new_one(
    prompts: Prompts, server: Web
) -> None:
    url = server.put("x.wav", tone())
    server.gate = asyncio.Event()
    only = asyncio.create_task(prompts.prepare(url, allow_private=True))
    await server.arrived.wait()
    only.cancel()
    with pytest.raises(asyncio.CancelledError):
        await only
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("prompt") and not task.cancelling()]
    server.gate = None
    assert (await prompts.prepare(url, allow_private=True)).seconds == 1.0
    assert len(server.asked) == 2


async def test_the_least_recently_used_prompt_goes_first_and_one_in_use_stays(
    make, server: Web, tmp_path: Path
) -> None:
    prompts = await make(cache_bytes=150_000)  # a second takes 48,000 bytes
    held = await prompts.prepare(server.put("held.wav", tone(400)), allow_private=True)
    old = (await prompts.prepare(server.put("old.wav", tone(500)), allow_private=True)).path
    used = (await prompts.prepare(server.put("used.wav", tone(600)), allow_private=True)).path
    gc.collect()
    assert (await prompts.prepare(f"{server.base}/files/old.wav", allow_private=True)).path == old
    gc.collect()
    new = await prompts.prepare(server.put("new.wav", tone(700)), allow_private=True)
    there = {name.partition(".")[0] for name in files(tmp_path / "cache")}
    assert there == {Path(path).name for path in (held.path, old, new.path)}
    assert Path(used).name not in there


async def test_a_prompt_whose_files_were_deleted_is_fetched_again(
    prompts: Prompts, server: Web, tmp_path: Path
) -> None:
    url = server.put("x.wav", tone(), ETag='"one"')
    await prompts.prepare(url, allow_private=True)
    for path in (tmp_path / "cache").iterdir():
        path.unlink()
    again = await prompts.prepare(url, allow_private=True)
    assert len(files(tmp_path / "cache")) == 3
    assert len(read(again.path + ".sln16")[0]) == 16_000
    assert "If-None-Match" not in server.asked[1].headers


async def test_after_a_restart_complete_files_are_used_and_unfinished_ones_removed(
    make, server: Web, tmp_path: Path
) -> None:
    folder = tmp_path / "cache"
    url = server.put("x.wav", tone())
    before = (await (await make()).prepare(url, allow_private=True)).path
    written = age(before)
    (folder / "0123.part").write_bytes(b"half")
    later = await make()
    assert "0123.part" not in files(folder)
    assert (await later.prepare(url, allow_private=True)).path == before
    assert age(before) == written


async def test_an_error_of_shared_work_reaches_every_caller() -> None:
    flights: Flights[str, int] = Flights("test")
    gate = asyncio.Event()

    async def work() -> int:
        await gate.wait()
        raise ValueError("no")

    asking = [asyncio.create_task(flights.join("key", work)) for _ in range(3)]
    await asyncio.sleep(0)
    gate.set()
    results = await asyncio.gather(*asking, return_exceptions=True)
    assert [str(result) for result in results] == ["no"] * 3
