"""Piper (the package piper-tts, GPL-3): neural voices, each a model in a folder, run in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import OrderedDict
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import numpy as np
import structlog

from engine.media import errors
from engine.media.speech.piper_models import Model, Named, locales, models, names
from engine.media.speech.speech_engine import Speech, Voice
from engine.media.speech.variants import VARIANTS

log = structlog.get_logger(__name__)
PIPER = "piper"
_PACKAGE = "piper-tts"
_PROGRAM = Path(__file__).with_name("piper_process.py")
_MOST_PROCESSES = 2
"""How many models are in memory, 100 to 300 MB each; the least recently used one is removed first."""
_MISSING = (
    "{count} in {folder} and none is used: piper-tts is not installed (carillon[piper]; for the image CARILLON_PIPER=1 "
    "in .env and make run)."
)


class Piper:
    """The models of a folder, which is read once, at construction; `faults` has a sentence for each unusable model.

    A model is loaded for its first text. The owner of this object calls `close`.
    """

    engine = PIPER

    def __init__(self, folder: Path) -> None:
        found, self.faults = models(folder)
        if found and not _installed():
            count = "1 Piper model is" if len(found) == 1 else f"{len(found)} Piper models are"
            found, self.faults = [], [_MISSING.format(count=count, folder=folder)]
        self._named, more = names(folder, found) if found else ({}, [])
        self.faults += more
        self._models = {model.name: model for model in found}
        self._processes: OrderedDict[str, _Process] = OrderedDict()
        for fault in self.faults:
            log.warning("a Piper voice is not used", why=fault)

    def voices(self) -> Sequence[Voice]:
        """Return each model for its locale, then for its language, then the voices that have names of their own."""
        spoken = [(model, locale) for model in self._models.values() for locale in locales(model)]
        spoken.sort(key=lambda pair: pair[0].locale != pair[1])
        return [
            *(self._voice(model.name, model, locale, model.mark) for model, locale in spoken),
            *(self._named_voice(name, named) for name, named in self._named.items()),
        ]

    def _named_voice(self, name: str, named: Named) -> Voice:
        model = self._models[named.model]
        return self._voice(name, model, model.locale, f"{model.mark}.{model.name}.{named.speaker}")

    def _voice(self, name: str, model: Model, locale: str, mark: str) -> Voice:
        english = VARIANTS[name].english if name in VARIANTS else ()
        return Voice(engine=self.engine, name=name, locale=locale, mark=mark, english=english)

    async def synthesise(self, text: str, voice: Voice) -> Speech:
        """Speak a text. Raises SpeechFailed. A cancellation ends the process; the next text starts another."""
        named = self._named.get(voice.name) or Named(model=voice.name)
        process = self._processes.get(named.model)
        if process is None:
            while len(self._processes) >= _MOST_PROCESSES:
                await self._processes.popitem(last=False)[1].end()
            process = self._processes[named.model] = _Process(self._models[named.model])
        self._processes.move_to_end(named.model)
        return await process.speak(text, named.speaker)

    async def close(self) -> None:
        """End the processes."""
        while self._processes:
            await self._processes.popitem()[1].end()


class _Process:
    """A process that holds a model (engine.media.speech.piper_process), started for its first text."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    async def speak(self, text: str, speaker: int | None) -> Speech:
        async with self._turn:
            try:
                if self._child is None:
                    self._child = await self._start()
                return await self._ask(self._child, text, speaker)
            except (OSError, ValueError, EOFError) as error:
                await self.end()
                raise errors.SpeechFailed(f"piper does not speak with {self._model.name}") from error
            except asyncio.CancelledError:
                await self.end()  # else its answer would be read as the next text's
                raise

    async def _start(self) -> asyncio.subprocess.Process:
        # -I: nothing must be imported from this file's folder, which has a piper.py. nice: calls have priority.
        return await asyncio.create_subprocess_exec(
            "nice", "-n", "5", sys.executable, "-I", str(_PROGRAM), str(self._model.path),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip

    async def _ask(self, child: asyncio.subprocess.Process, text: str, speaker: int | None) -> Speech:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(json.dumps({"text": text, "speaker": speaker}).encode() + b"\n")
        await child.stdin.drain()
        head = json.loads(await child.stdout.readline())
        if "error" in head:
            raise errors.SpeechFailed(f"piper with {self._model.name}: {head['error']}")
        sound = await child.stdout.readexactly(head["bytes"])
        return Speech(samples=np.frombuffer(sound, "<i2").astype(np.float32) / np.float32(32768), rate=head["rate"])

    async def end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        # Read the rest of its output: a process whose pipe is full does not end.
        await child.communicate()


def _installed() -> bool:
    try:
        metadata.version(_PACKAGE)
    except metadata.PackageNotFoundError:
        return False
    return True
