"""Runs a speech program, which reads the text from its standard input and writes a WAV.

Both are unnamed files: a program that opens /dev/stdin by its name cannot open the socket that asyncio would use.
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
    """Return the speech of the program. Raises SpeechFailed. The process ends when this function returns or raises."""
    return _samples(await output(program, *arguments, text=text), program)


async def output(program: str, *arguments: str, text: str) -> bytes:
    """Return the bytes that the program wrote. Otherwise as `spoken`."""
    return await filtered(program, *arguments, data=f"{text}\n".encode())


async def filtered(program: str, *arguments: str, data: bytes) -> bytes:
    """Return the bytes that the program made of these. Otherwise as `spoken`."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as written:
        given.write(data)
        given.seek(0)
        await _run(program, *arguments, given=given, written=written)
        written.seek(0)
        return written.read()


async def _run(program: str, *arguments: str, given: IO[bytes], written: IO[bytes]) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            program, *arguments, stdin=given, stdout=written, stderr=asyncio.subprocess.DEVNULL
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
    # Not read by libsndfile: a program that writes into a pipe declares a wrong length.
    layout = wave_of(io.BytesIO(wav))
    if layout is None or (layout.encoding, layout.channels, layout.bits) != (_PCM, 1, 16):
        raise errors.SpeechFailed(f"{program} gave no sound")
    sound = wav[layout.start : layout.start + layout.present // 2 * 2]
    return Speech(samples=np.frombuffer(sound, np.int16).astype(np.float32) / np.float32(32768), rate=layout.rate)
