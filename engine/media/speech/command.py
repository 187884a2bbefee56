"""Running a speech program: the text goes in by its standard input, a WAV comes out.

Both are files without a name: programs that open /dev/stdin by its name cannot open the socket asyncio would give them.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import tempfile
from typing import IO

import numpy as np

from engine.media import errors
from engine.media.speech.speech_engine import Speech
from engine.media.wav import wave_of

_PCM = 1


async def spoken(program: str, *arguments: str, text: str) -> Speech:
    """What the program said. Raises SpeechFailed. Its process ends with the call, whichever way that ends."""
    return _samples(await output(program, *arguments, text=text), program)


async def output(program: str, *arguments: str, text: str) -> bytes:
    """What the program wrote for the text. Otherwise as `spoken`."""
    with tempfile.TemporaryFile() as words, tempfile.TemporaryFile() as written:
        words.write(f"{text}\n".encode())
        words.seek(0)
        await _run(program, *arguments, words=words, written=written)
        written.seek(0)
        return written.read()


async def _run(program: str, *arguments: str, words: IO[bytes], written: IO[bytes]) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            program, *arguments, stdin=words, stdout=written, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError as error:
        raise errors.SpeechFailed(f"{program} does not start") from error
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise errors.SpeechFailed(f"{program} ended with status {process.returncode}")


def _samples(wav: bytes, program: str) -> Speech:
    # Read here and not by libsndfile: written into a pipe, the header's length is wrong.
    layout = wave_of(io.BytesIO(wav))
    if layout is None or (layout.encoding, layout.channels, layout.bits) != (_PCM, 1, 16):
        raise errors.SpeechFailed(f"{program} gave no sound")
    sound = wav[layout.start : layout.start + layout.present // 2 * 2]
    return Speech(samples=np.frombuffer(sound, np.int16).astype(np.float32) / np.float32(32768), rate=layout.rate)
