"""Measures a recording: its length, its level, and whether a phrase is spoken in it."""

from pathlib import Path

import msgspec
import numpy as np
import soundfile
import soxr

RATE = 16_000
THRESHOLD = 1e-20


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """Length in seconds, level in dBFS (RMS). `spotted` and `decoy` are None if no recogniser is installed."""

    seconds: float
    level: float
    spotted: bool | None
    decoy: bool | None


def listen(path: Path, phrase: str, decoy: str) -> Heard:
    """Measure a recording, and look in it for a phrase and for a decoy that must not be found."""
    samples, rate = soundfile.read(path, dtype="float32")
    power = float(np.mean(np.square(samples))) if len(samples) else 0.0
    return Heard(
        seconds=len(samples) / rate,
        level=10 * np.log10(power) if power > 1e-12 else -120.0,
        spotted=spots(samples, rate, phrase),
        decoy=spots(samples, rate, decoy),
    )


def spots(samples: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", rate: int, phrase: str) -> bool | None:
    """Return whether pocketsphinx spots the phrase; None if it is not installed."""
    try:
        from pocketsphinx import Decoder
    except ImportError:
        return None
    decoder = Decoder(keyphrase=phrase, kws_threshold=THRESHOLD, loglevel="FATAL")
    # A phrase is reported once it has been over for 0.1 s (pocketsphinx's kws_delay): one that ends the sound never is.
    wide = soxr.resample(np.concatenate([samples, np.zeros(rate // 2, samples.dtype)]), rate, RATE)
    decoder.start_utt()
    decoder.process_raw((np.clip(wide, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    return decoder.hyp() is not None
