"""Audio files that tests put up: tones, sentences."""

import io
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from tests.support import audio

RATE = 8000
MUSIC = {"ring": (440, 480), "music1": (131, 196, 262, 330), "music2": (147, 294), "music3": (330, 415, 494)}
"""The first chord of each class of music on hold, in Hz (asterisk-config/engine/make-music)."""


def notes_of(notes: Sequence[tuple[float, float]], level: float = 0.5) -> np.ndarray:
    """Samples of tones one after the other, each (Hz, seconds); 0 Hz is silence."""
    parts = [
        audio.sine(hz, seconds, level=level) if hz else np.zeros(int(seconds * RATE), dtype=np.float32)
        for hz, seconds in notes
    ]
    return np.concatenate(parts)


def speech(text: str) -> bytes:
    """A sentence as a WAV, spoken by flite: a recogniser understands it."""
    program = shutil.which("flite")
    assert program, "flite is not installed; run `make test`, which installs what the tests need."
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "speech.wav"
        subprocess.run([program, "-voice", "slt", "-t", text, "-o", str(file)], check=True, capture_output=True)
        return file.read_bytes()


def wav(samples: np.ndarray, rate: int = RATE) -> bytes:
    """Samples as a 16-bit WAV."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV", subtype="PCM_16")
    return buffer.getvalue()
