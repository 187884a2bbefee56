"""The demonstration: one real call through the trunk by Ringful's REST API, verified by its recording.

It is written as a customer's program: it uses the REST API and a web server of its own, and nothing of the engine.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web

from api.cli.follow import line_of
from api.cli.words import Heard, listen
from api.lab import Lab

DIALECT = "ringful"  # whose API it speaks
CALLEE = "12015550114"  # says hello, presses 1 after 3 s, then says "my name is" and its number
PROMPT = "Please press one."
PHRASE, DECOY = "my name is", "your order is"
LISTENED_SECONDS = 6.0
LOOK_SECONDS = 0.25
TIMEOUT_SECONDS = 30.0
Say = Callable[[str], None]


class DemoFailed(Exception):
    """The demonstration failed; the message says what is missing."""


class DemoResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of the demonstration."""

    call: str
    callbacks: list[dict[str, str]]
    recording: Path
    heard: Heard


class Receiver:
    """The customer's web server: it serves the prompt, receives the callbacks and prints each as it comes."""

    def __init__(self, prompt: bytes, say: Say) -> None:
        self._prompt, self._say = prompt, say
        self.callbacks: list[dict[str, str]] = []
        self._more = asyncio.Condition()
        self._begun = time.monotonic()
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        app = web.Application()
        app.add_routes([web.get("/prompt.wav", self._serve), web.post("/callback", self._take)])
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close the server."""
        if self._runner:
            await self._runner.cleanup()

    async def wait(self, *actions: str) -> dict[str, str]:
        """Wait for the first callback with one of these actions; raises DemoFailed after TIMEOUT_SECONDS."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS), self._more:
                while True:
                    for callback in self.callbacks:
                        if callback.get("action") in actions:
                            return callback
                    await self._more.wait()
        except TimeoutError:
            raise DemoFailed(f"No callback {' or '.join(actions)} came within {TIMEOUT_SECONDS:g} s.") from None

    async def _serve(self, request: web.Request) -> web.Response:
        return web.Response(body=self._prompt, content_type="audio/wav")

    async def _take(self, request: web.Request) -> web.Response:
        callback = {name: str(value) for name, value in (await request.post()).items()}
        rest = "  ".join(f"{name}={value}" for name, value in callback.items() if name not in ("action", "callId"))
        self._say(f"  {time.monotonic() - self._begun:6.2f} s  callback  {callback.get('action', '?'):20} {rest}")
        async with self._more:
            self.callbacks.append(callback)
            self._more.notify_all()
        return web.Response()


class Ringful:
    """The operations of Ringful's API that the demonstration uses."""

    def __init__(self, session: aiohttp.ClientSession, api: str, apikey: str, say: Say) -> None:
        self._session, self._api, self._apikey, self._say = session, api, apikey, say

    async def ask(self, operation: str, **parameters: str) -> str:
        """Send one request; raises DemoFailed with the server's error text."""
        url = f"{self._api}/{operation}/apikey/{self._apikey}"
        async with self._session.get(url, params=parameters) as answer:
            text = await answer.text()
            if answer.status != 200:
                raise DemoFailed(f"{operation} was answered {answer.status}: {text}")
        shown = "&".join(
            f"{name}={value}" for name, value in parameters.items() if name not in ("callId", "callbackUrl")
        )
        self._say(f"            request   {operation:20} {shown}")
        return text

    async def fetch(self, url: str) -> bytes:
        """Fetch a recording by the link in a callback; raises DemoFailed."""
        async with self._session.get(url) as answer:
            if answer.status != 200:
                raise DemoFailed(f"The recording's link was answered {answer.status}.")
            return await answer.read()


class Timeline:
    """Prints the events of a call, from our own API, until the call has ended."""

    def __init__(self, session: aiohttp.ClientSession, api: str, token: str, say: Say) -> None:
        self._session, self._api, self._say = session, api, say
        self._headers = {"Authorization": f"Bearer {token}"}

    async def watch(self, call: str) -> None:
        """Print the call's events until it has ended."""
        shown = 0
        while True:
            url = f"{self._api}/carillon/v1/calls/{call}/timeline"
            async with self._session.get(url, headers=self._headers) as answer:
                timeline = await answer.json()
            for event in timeline["events"][shown:]:
                self._say(f"            event     {line_of(event)}")
            shown = len(timeline["events"])
            if timeline["call"]["ended"]:
                return
            await asyncio.sleep(LOOK_SECONDS)


async def demonstrate(*, api: str, apikey: str, token: str, prompt: bytes, folder: Path, say: Say) -> DemoResult:
    """Place the call and verify it, printing each step; raises DemoFailed."""
    say(f"A call to {CALLEE} through the trunk; that number {_habit()}.")
    receiver = Receiver(prompt, say)
    await receiver.start()
    try:
        async with aiohttp.ClientSession() as session:
            ringful = Ringful(session, api, apikey, say)
            call, audio = await _one_call(ringful, receiver, Timeline(session, api, token, say))
    finally:
        await receiver.stop()
    recording = folder / f"{call}.wav"
    heard = await asyncio.to_thread(_kept, recording, audio)
    _report(recording, heard, say)
    return DemoResult(call=call, callbacks=receiver.callbacks, recording=recording, heard=heard)


async def _one_call(ringful: Ringful, receiver: Receiver, timeline: Timeline) -> tuple[str, bytes]:
    back = f"{receiver.url}/callback"
    call = await ringful.ask("Call", callee=CALLEE, callbackUrl=back)
    watching = asyncio.create_task(timeline.watch(call), name="timeline")
    try:
        audio = await _talk(ringful, receiver, call, back)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await watching
    finally:
        watching.cancel()
    return call, audio


async def _talk(ringful: Ringful, receiver: Receiver, call: str, back: str) -> bytes:
    await ringful.ask("Play", callId=call, announcement=f"{receiver.url}/prompt.wav", callbackUrl=back)
    await ringful.ask("WaitForTone", callId=call, tone="1", callbackUrl=back)
    await ringful.ask("Record", callId=call, callbackUrl=back)
    await receiver.wait("RecordStart", "ServerHangup", "CalleeHangUp")
    await asyncio.sleep(LISTENED_SECONDS)
    await ringful.ask("StopRecord", callId=call)
    await ringful.ask("Hangup", callId=call, immediate="false")
    await receiver.wait("ServerHangup", "CalleeHangUp")
    recorded = await receiver.wait("RecordComplete")
    actions = {callback["action"] for callback in receiver.callbacks}
    wanted = {"CallEstablished", "PlayStart", "PlayComplete", "WaitForToneDetected"}
    if missing := wanted - actions:
        raise DemoFailed(f"These callbacks did not come: {', '.join(sorted(missing))}.")
    return await ringful.fetch(recorded["recordFile"])


def _kept(recording: Path, audio: bytes) -> Heard:
    recording.parent.mkdir(parents=True, exist_ok=True)
    recording.write_bytes(audio)
    return listen(recording, PHRASE, DECOY)


def _habit() -> str:
    return next(persona.does for persona in Lab.personas() if persona.number == CALLEE)


def _report(recording: Path, heard: Heard, say: Say) -> None:
    say(f"Recorded: {recording}: {heard.seconds:.1f} s, {heard.level:.1f} dBFS")
    if heard.spotted is None:
        say("  pocketsphinx is not installed: the words were not checked")
        return
    say(f'  the recogniser spots "{PHRASE}": {_yes(heard.spotted)}, "{DECOY}": {_yes(bool(heard.decoy))}')
    if not heard.spotted or heard.decoy:
        raise DemoFailed("The recording does not contain what the callee said.")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
