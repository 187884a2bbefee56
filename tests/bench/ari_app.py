"""V1: the least that an ARI application can be. It answers, plays, and hangs up when the prompt is over."""

import asyncio
import json
import sys
from typing import Any

import aiohttp
import uvloop

URL, USER, PASSWORD, MEDIA = sys.argv[1:]


async def main() -> None:
    """Run until it is killed."""
    auth = aiohttp.encode_basic_auth(USER, PASSWORD)
    pool = aiohttp.TCPConnector(limit=100)
    async with aiohttp.ClientSession(headers={"Authorization": auth}, connector=pool) as http:
        tasks: set[asyncio.Task[None]] = set()

        async def ask(*requests: tuple[str, str]) -> None:
            for method, path in requests:
                async with http.request(method, f"{URL}/{path}") as answer:
                    await answer.read()

        async with http.ws_connect(f"{URL}/events?app=bench-v1") as events:
            async for message in events:
                event: dict[str, Any] = json.loads(message.data)
                if event["type"] == "StasisStart":
                    channel = f"channels/{event['channel']['id']}"
                    work = ask(("POST", f"{channel}/answer"), ("POST", f"{channel}/play?media=sound:{MEDIA}"))
                elif event["type"] == "PlaybackFinished":
                    work = ask(("DELETE", f"channels/{event['playback']['target_uri'].removeprefix('channel:')}"))
                else:
                    continue
                tasks.add(task := asyncio.create_task(work))
                task.add_done_callback(tasks.discard)


uvloop.run(main())
