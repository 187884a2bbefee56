"""The customer's web server in a test: takes callbacks, and serves audio files, good and bad."""

import asyncio
import io
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

import numpy as np
import soundfile
from aiohttp import web

from tests.support import audio
from tests.support.sounds import RATE, notes_of, speech, wav

LIMIT_SECONDS = 25.0


class NotCalledBack(AssertionError):
    """A callback that the test waits for did not come."""


@dataclass(frozen=True)
class Callback:
    """One request that came in. `form` holds the form fields, `answered` the status that the sink gave."""

    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]
    at: float
    answered: int
    content_type: str
    body: str = ""

    @property
    def action(self) -> str:
        """The form's `action`."""
        return self.form.get("action", "")


@dataclass
class Behaviour:
    """What the sink does with callbacks to one name. `failures` first ones are answered with `status`."""

    failures: int = 0
    status: int = 500
    hang: bool = False
    drip: bool = False
    redirect: str | None = None


@dataclass
class File:
    """What is served under a name."""

    body: bytes
    content_type: str = "audio/wav"
    status: int = 200
    promised: int | None = None  # a Content-Length that is a lie
    delay: float = 0.0
    redirect: str | None = None
    endless: bool = False
    fetches: int = 0


@dataclass
class Sink:
    """An HTTP server on a loopback address of its own port. A context manager.

    Callbacks go to `url(name)`; `until` waits for one. Audio is put up by `tone`, `tones`, `speech`, `file`, `bad`.
    """

    address: str = "127.0.0.1"
    port: int = 0
    received: list[Callback] = field(default_factory=list)

    async def __aenter__(self) -> "Sink":
        self._changed = asyncio.Condition()
        self._behaviours: dict[str, Behaviour] = {}
        self._files: dict[str, File] = {}
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=1 << 20)
        app.router.add_route("*", "/{name:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.address, self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        file = self._files.get(request.match_info["name"])
        if file is not None and request.method == "GET":
            return await self._serve(request, file)
        return await self._take(request)

    # -- callbacks

    def url(self, name: str = "callback") -> str:
        """The address of a callback; callbacks to different names can behave differently."""
        return f"http://{self.address}:{self.port}/{name}"

    def behave(self, name: str, behaviour: Behaviour | None = None) -> None:
        """From now on callbacks to `name` are treated so; None: answered 200 again."""
        if behaviour is None:
            self._behaviours.pop(name, None)
        else:
            self._behaviours[name] = behaviour

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = (await request.read()).decode(errors="replace")
        form = {key: str(value) for key, value in (await request.post()).items()}
        behaviour = self._behaviours.get(request.match_info["name"], Behaviour())
        status = 200
        if behaviour.failures > 0:
            behaviour.failures -= 1
            status = behaviour.status
        async with self._changed:
            self.received.append(
                Callback(
                    method=request.method,
                    path=request.raw_path,
                    form=form,
                    headers=dict(request.headers),
                    at=time.monotonic(),
                    answered=status,
                    content_type=request.content_type,
                    body=body,
                )
            )
            self._changed.notify_all()
        if behaviour.hang:
            await self._closing.wait()
        if behaviour.redirect:
            raise web.HTTPFound(behaviour.redirect)
        if behaviour.drip:
            return await self._drip(request)
        return web.Response(status=status)

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        """Answer a byte a second for as long as the other side reads."""
        answer = web.StreamResponse()
        await answer.prepare(request)
        while not self._closing.is_set():
            try:
                await answer.write(b".")
                await asyncio.wait_for(self._closing.wait(), 1)
            except TimeoutError:
                continue
            except ConnectionError:
                break
        return answer

    async def until_any(self, wanted: Callable[[Callback], bool], *, within: float = LIMIT_SECONDS) -> Callback:
        """Wait for a callback that was answered 200 and is a wanted one; returns the first. Earlier ones count too."""
        try:
            async with asyncio.timeout(within), self._changed:
                while not (found := [one for one in self.received if one.answered == 200 and wanted(one)]):
                    await self._changed.wait()
        except TimeoutError:
            seen = [(one.path, one.body[:200]) for one in self.received]
            raise NotCalledBack(f"no such callback within {within} s; there came {seen}") from None
        return found[0]

    def taken(self, action: str | None = None, **fields: str) -> list[Callback]:
        """The callbacks so far with this action and these form fields, oldest first (failed attempts too)."""
        return [
            one
            for one in self.received
            if (action is None or one.action == action) and fields.items() <= one.form.items()
        ]

    def actions(self, **fields: str) -> list[str]:
        """The actions so far, in order, of the callbacks that were answered 200 and have these form fields."""
        return [one.action for one in self.taken(**fields) if one.answered == 200]

    async def until(
        self, action: str | None = None, *, count: int = 1, within: float = LIMIT_SECONDS, **fields: str
    ) -> Callback:
        """Wait until `count` such callbacks came; returns the last of them. Those that came before count too."""
        try:
            async with asyncio.timeout(within), self._changed:
                while len(found := self.taken(action, **fields)) < count:
                    await self._changed.wait()
        except TimeoutError:
            seen = [one.form for one in self.received]
            raise NotCalledBack(f"no {count} of {action} {fields} within {within} s; there came {seen}") from None
        return found[count - 1]

    # -- audio

    def file(self, name: str, file: File) -> str:
        """Put up a file; returns its address."""
        self._files[name] = file
        return self.url(name)

    def fetches(self, url: str) -> int:
        """How often a file was fetched."""
        return self._files[url.removeprefix(self.url(""))].fetches

    def spoken(self, text: str) -> str:
        """A WAV with a spoken English sentence."""
        return self.file("spoken.wav", File(speech(text)))

    def tone(self, hz: float, seconds: float = 1.0, level: float = 0.5) -> str:
        """A WAV (8 kHz, 16 bit) with one tone."""
        return self.tones([(hz, seconds)], level)

    def tones(self, notes: Sequence[tuple[float, float]], level: float = 0.5) -> str:
        """A WAV with tones one after the other, each (Hz, seconds); 0 Hz is silence."""
        samples = notes_of(notes, level)
        name = "-".join(f"{hz:g}x{seconds:g}" for hz, seconds in notes) + f"@{level:g}.wav"
        return self.file(name, File(wav(samples)))

    def samples(self, name: str, samples: np.ndarray, rate: int = RATE) -> str:
        """A WAV with these samples."""
        return self.file(name, File(wav(samples, rate)))

    def odd(self, kind: str, hz: float, seconds: float = 1.0) -> str:
        """A tone in a format that is unusual for telephony: stereo44, wide24, mp3, flac, ogg, or as octet-stream."""
        if kind == "octet-stream":
            body = wav(audio.sine(hz, seconds))
            return self.file("prompt", File(body, content_type="application/octet-stream"))
        rate = 48000 if kind == "ogg" else 44100
        samples = audio.sine(hz, seconds, rate=rate)
        format_, subtype, content_type = {
            "stereo44": ("WAV", "PCM_16", "audio/x-wav"),
            "wide24": ("WAV", "PCM_24", "audio/wav"),
            "mp3": ("MP3", "MPEG_LAYER_III", "audio/mpeg"),
            "flac": ("FLAC", "PCM_16", "audio/flac"),
            "ogg": ("OGG", "VORBIS", "audio/ogg"),
        }[kind]
        buffer = io.BytesIO()
        both = np.stack([samples, samples], axis=1) if kind == "stereo44" else samples
        soundfile.write(buffer, both, rate, format=format_, subtype=subtype)
        return self.file(f"odd.{kind}", File(buffer.getvalue(), content_type=content_type))

    def bad(self, kind: str) -> str:
        """A prompt that cannot be played: missing, html, truncated, empty, huge, slow, loop, error."""
        good = wav(audio.sine(500, 2.0))
        name = f"bad-{kind}.wav"
        here = self.url(name)
        return self.file(
            name,
            {
                "missing": File(b"no such file", "text/plain", status=404),
                "error": File(b"broken", "text/plain", status=500),
                "html": File(b"<!doctype html><html><body>Log in, please</body></html>", "audio/wav"),
                "truncated": File(good[: len(good) // 2], promised=len(good)),
                "empty": File(b""),
                "huge": File(good, promised=1_000_000_000, endless=True),
                "slow": File(good, delay=60.0),
                "loop": File(b"", redirect=here),
            }[kind],
        )

    async def _serve(self, request: web.Request, file: File) -> web.StreamResponse:
        file.fetches += 1
        if file.redirect:
            return web.Response(status=302, headers={"Location": file.redirect})  # HTTPFound would write it anew
        if file.delay:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), file.delay)
        if file.promised is None:
            return web.Response(body=file.body, content_type=file.content_type, status=file.status)
        return await self._lie(request, file)

    async def _lie(self, request: web.Request, file: File) -> web.StreamResponse:
        """Promise more bytes than come, or go on for as long as they are read."""
        answer = web.StreamResponse(headers={"Content-Type": file.content_type, "Content-Length": str(file.promised)})
        await answer.prepare(request)
        sent = 0
        try:
            while sent == 0 or (file.endless and sent < (file.promised or 0) and not self._closing.is_set()):
                await answer.write(file.body)
                sent += len(file.body)
        except ConnectionError:
            return answer
        if request.transport is not None:
            request.transport.abort()
        return answer
