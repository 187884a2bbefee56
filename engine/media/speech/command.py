"""Running a speech program: the text goes in by its standard input, a WAV comes out."""

from __future__ import annotations

import asyncio
import contextlib
import io

import numpy as np

from engine.media import errors
from engine.media.check import wave_of
from engine.media.speech.speaker import Speech

_PCM = 1


async def spoken(program: str, *arguments: str, text: str) -> Speech:
    """What the program said. Raises SpeechFailed. Its process ends with the call, whichever way that ends."""
    try:
        process = await asyncio.create_subprocess_exec(
            program, *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise errors.SpeechFailed(f"{program} does not start") from error
    try:
        wav, _ = await process.communicate((text + "\n").encode())
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise errors.SpeechFailed(f"{program} ended with status {process.returncode}")
    return _samples(wav, program)


def _samples(wav: bytes, program: str) -> Speech:
    # Read here and not by libsndfile: written into a pipe, the header's length is wrong.
    layout = wave_of(io.BytesIO(wav))
    if layout is None or (layout.encoding, layout.channels, layout.bits) != (_PCM, 1, 16):
        raise errors.SpeechFailed(f"{program} gave no sound")
    sound = wav[layout.start : layout.start + layout.present // 2 * 2]
    return Speech(samples=np.frombuffer(sound, np.int16).astype(np.float32) / np.float32(32768), rate=layout.rate)
