"""Ears for tests: levels, tones, DTMF digits and words in what a far end heard or recorded."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pocketsphinx
import soxr

Samples = npt.NDArray[np.float32]

SILENCE = -120.0
BLOCK = 0.04
"""Seconds per block of the tone finder: 25 Hz between its frequencies, finer by interpolation."""
LOW = (697.0, 770.0, 852.0, 941.0)
HIGH = (1209.0, 1336.0, 1477.0, 1633.0)
KEYS = ("123A", "456B", "789C", "*0#D")


class Tone(NamedTuple):
    """One steady tone: seconds from the start, length in seconds, Hz."""

    start: float
    seconds: float
    frequency: float


def read(path: Path | str) -> tuple[Samples, int]:
    """Mono samples between -1 and 1 and their rate, of a 16-bit WAV (a header with wrong lengths too) or raw telephony.

    Raises AssertionError for a file that is neither.
    """
    path = Path(path)
    content = path.read_bytes()
    if path.suffix == ".sln16":
        return np.frombuffer(content, "<i2").astype(np.float32) / 32768, 16_000
    if path.suffix in (".ulaw", ".alaw"):
        decode = _from_ulaw if path.suffix == ".ulaw" else _from_alaw
        return decode(np.frombuffer(content, np.uint8).astype(np.int32)).astype(np.float32) / 32768, 8_000
    return read_wav(content)


def read_wav(content: bytes) -> tuple[Samples, int]:
    """Like `read`, of a WAV's bytes."""
    file = io.BytesIO(content)
    head = file.read(12)
    assert head[:4] == b"RIFF" and head[8:] == b"WAVE", "not a WAV"
    channels = rate = 0
    while len(chunk := file.read(8)) == 8:
        length = int.from_bytes(chunk[4:], "little")
        if chunk[:4] == b"data":
            rest = file.read()
            sound = rest[:length] if 0 < length <= len(rest) else rest
            samples = np.frombuffer(sound[: len(sound) // (2 * channels) * 2 * channels], "<i2")
            return samples.reshape(-1, channels).mean(axis=1).astype(np.float32) / 32768, rate
        body = file.read(length + length % 2)
        if chunk[:4] == b"fmt ":
            channels, rate = int.from_bytes(body[2:4], "little"), int.from_bytes(body[4:8], "little")
            assert int.from_bytes(body[14:16], "little") == 16, "not 16-bit"
    raise AssertionError("a WAV without sound")


def _from_ulaw(code: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    code = ~code & 0xFF
    value = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return np.where(code & 0x80, -value, value)


def _from_alaw(code: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    code = code ^ 0x55
    exponent, value = code >> 4 & 7, ((code & 0x0F) << 4) + 8
    value = np.where(exponent > 0, value + 0x100 << np.maximum(exponent - 1, 0), value)
    return np.where(code & 0x80, value, -value)


def sine(hz: float, seconds: float, rate: int = 8_000, level: float = 0.5) -> Samples:
    """A tone to test with; `level` is its peak."""
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def silence(seconds: float, rate: int = 8_000) -> Samples:
    """Nothing, for so long."""
    return np.zeros(round(seconds * rate), np.float32)


def dtmf_signal(digits: str, rate: int = 8_000, on: float = 0.1, off: float = 0.1, level: float = 0.2) -> Samples:
    """Digits as a telephone sends them; `level` is the peak of each of the two tones."""
    parts: list[Samples] = []
    for digit in digits:
        row = next(index for index, keys in enumerate(KEYS) if digit in keys)
        pair = sine(LOW[row], on, rate, level) + sine(HIGH[KEYS[row].index(digit)], on, rate, level)
        parts += [silence(off, rate), pair.astype(np.float32)]
    return np.concatenate([*parts, silence(off, rate)])


def level(samples: Samples) -> float:
    """RMS in dBFS: 0 for a full-scale square wave, -120 for silence."""
    rms = math.sqrt(float(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
    return max(SILENCE, 20 * math.log10(rms)) if rms else SILENCE


def tone_level(samples: Samples, rate: int, hz: float) -> float:
    """RMS in dBFS of one frequency over the whole, whatever else sounds."""
    if not len(samples):
        return SILENCE
    window = np.hanning(len(samples))
    turn = np.exp(-2j * np.pi * hz * np.arange(len(samples)) / rate)
    amplitude = 2 * abs(np.sum(samples * window * turn)) / np.sum(window)
    return max(SILENCE, 20 * math.log10(amplitude / math.sqrt(2))) if amplitude else SILENCE


def _spectra(samples: Samples, rate: int) -> Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]]:
    size = round(BLOCK * rate)
    window = np.hanning(size)
    for at in range(0, len(samples) - size + 1, size):
        block = samples[at : at + size]
        # Four times as many frequencies as the block has by itself, to place a peak within a hertz or two.
        yield np.abs(np.fft.rfft(block * window, 4 * size)) * 2 / window.sum(), block


def _peak(spectrum: npt.NDArray[np.float64]) -> float:
    """Index of the strongest frequency, between the bins by a parabola."""
    at = int(np.argmax(spectrum))
    if not 0 < at < len(spectrum) - 1:
        return float(at)
    left, mid, right = (math.log(max(float(spectrum[at + step]), 1e-12)) for step in (-1, 0, 1))
    bend = left - 2 * mid + right
    return at + (0.5 * (left - right) / bend if bend else 0.0)


def _pitches(samples: Samples, rate: int, floor: float) -> list[float]:
    """The frequency of each block that is one steady tone, else 0."""
    found = []
    for spectrum, block in _spectra(samples, rate):
        loud = level(block)
        purity = 20 * math.log10(max(float(spectrum.max()), 1e-9) / math.sqrt(2)) - loud
        # A pure tone holds all the energy of its block; speech, noise and two tones at once hold less in any one line.
        found.append(_peak(spectrum) / BLOCK / 4 if loud > floor and purity > -1.5 else 0.0)
    return found


def tones(samples: Samples, rate: int, floor: float = -45.0, least: float = 0.08) -> list[Tone]:
    """The single tones above `floor` dBFS that last `least` seconds, in order; mixed sounds are not among them."""
    found: list[Tone] = []
    run: list[float] = []
    for index, pitch in enumerate([*_pitches(samples, rate, floor), 0.0]):
        if run and (not pitch or abs(pitch - run[-1]) > 0.02 * run[-1]):
            if len(run) * BLOCK >= least - 1e-9:
                found.append(Tone((index - len(run)) * BLOCK, len(run) * BLOCK, float(np.median(run))))
            run = []
        if pitch:
            run.append(pitch)
    return found


def has_tone(samples: Samples, rate: int, hz: float, seconds: float = 0.1, floor: float = -45.0) -> bool:
    """True when `hz` stands out for so long in all: 20 dB above what is beside it, among other tones too."""
    count = 0
    for spectrum, _ in _spectra(samples, rate):
        hertz = np.arange(len(spectrum)) / BLOCK / 4
        near = spectrum[np.abs(hertz - hz) <= max(3.0, 0.01 * hz)].max()
        beside = spectrum[(np.abs(hertz - hz) > 55) & (np.abs(hertz - hz) < 130)]
        clear = not len(beside) or near > 3 * float(np.sqrt(np.mean(beside**2)))
        top = abs(hertz[int(np.argmax(np.where(np.abs(hertz - hz) < 40, spectrum, 0)))] - hz) <= max(7.0, 0.015 * hz)
        count += bool(clear and top and near / math.sqrt(2) > 10 ** (floor / 20))
    return count * BLOCK >= seconds - 1e-9


def dtmf(samples: Samples, rate: int, floor: float = -45.0) -> str:
    """The digits heard, in order; each lasts two blocks at least (40 ms with half-blocks; ITU-T Q.24)."""
    size = round(0.02 * rate)
    heard = [_digit(samples[at : at + size], rate, floor) for at in range(0, len(samples) - size + 1, size)]
    return "".join(digit for digit, run in groupby(heard) if digit and len(list(run)) >= 2)


def _digit(block: Samples, rate: int, floor: float) -> str:
    loud = level(block)
    if loud < floor:
        return ""
    time = np.arange(len(block)) / rate
    powers = [[float(abs(np.mean(block * np.exp(-2j * np.pi * hz * time)))) for hz in group] for group in (LOW, HIGH)]
    row, column = (group.index(max(group)) for group in powers)
    pair = [powers[0][row], powers[1][column]]
    share = 20 * math.log10(math.hypot(*pair) * math.sqrt(2)) - loud
    # Both tones together are all there is, and neither is more than 9 dB above the other.
    return KEYS[row][column] if share > -1.5 and max(pair) < 2.8 * min(pair) else ""


def pitch(samples: Samples, rate: int, lowest: float = 60.0, highest: float = 400.0) -> float:
    """The pitch of a voice in Hz: the median over the parts of 40 ms that have one, by autocorrelation; 0: none has."""
    size, found = round(0.04 * rate), []
    for at in range(0, len(samples) - size, size // 2):
        block = samples[at : at + size] - np.mean(samples[at : at + size])
        if level(block) < -40:
            continue
        alike = np.correlate(block, block, "full")[size - 1 :]
        alike /= np.arange(size, 0, -1)  # the longer the delay, the less there is to compare
        first, last = round(rate / highest), round(rate / lowest)
        best = first + int(np.argmax(alike[first:last]))
        # The shortest delay that is nearly as good: twice a period fits as well as a period.
        peaks = (lag for lag in range(first, last) if alike[lag - 1] <= alike[lag] > 0.9 * alike[best])
        near = next(peaks, best)
        if alike[best] > 0.5 * alike[0]:
            found.append(rate / near)
    return float(np.median(found)) if found else 0.0


BEHIND_SECONDS = 0.3
"""Silence behind what a recogniser listens to."""
DECOY = ["purple", "elephants", "dance", "under", "green", "umbrellas"]
"""As many of these words as a phrase has are what a recogniser that spots anything spots as well."""


def spots(samples: Samples, rate: int, phrase: str, threshold: float | None = None) -> bool:
    """True when the recogniser spots the English phrase. Its words must be in the recogniser's dictionary.

    The threshold falls with the number of words, for each of them adds to the distance: "please leave a message" was
    missed in 5 of 20 recordings with a gap of 20 to 100 ms at 1e-20, in none at 1e-40.
    """
    least = 10.0 ** (-10 * len(phrase.split())) if threshold is None else threshold
    decoder = pocketsphinx.Decoder(keyphrase=phrase, kws_threshold=least, lm=None, loglevel="FATAL")
    return bool(_heard(decoder, samples, rate))


def spots_only(samples: Samples, rate: int, phrase: str, threshold: float | None = None) -> bool:
    """True when the phrase is spotted. If as many words that nobody says are spotted too, it fails."""
    decoy = " ".join(DECOY[: len(phrase.split())])
    assert not spots(samples, rate, decoy, threshold), f"the recogniser spots anything here, {decoy!r} too"
    return spots(samples, rate, phrase, threshold)


def said(samples: Samples, rate: int, choices: Iterable[str]) -> str:
    """Which of the phrases was said, with anything or nothing around it; "" for silence or none.

    To tell "you pressed one" from "you pressed five", which keyphrase spotting alone does not. In speech it always
    leans to one of the choices: give all that could be meant.
    """
    decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL")
    decoder.add_jsgf_string("choices", f"#JSGF V1.0; grammar choices; public <choice> = {' | '.join(choices)};")
    decoder.activate_search("choices")
    return _heard(decoder, samples, rate)


def _heard(decoder: pocketsphinx.Decoder, samples: Samples, rate: int) -> str:
    loudest = float(np.abs(samples).max()) if len(samples) else 0.0
    if loudest < 1e-3:
        return ""
    # A phrase is reported once it has been over for 0.1 s (its kws_delay): one that the sound ends with never is.
    followed = np.concatenate([samples / loudest * 0.7, np.zeros(round(BEHIND_SECONDS * rate), samples.dtype)])
    wide = soxr.resample(followed, rate, 16_000)
    decoder.start_utt()
    decoder.process_raw(np.rint(wide * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    best = decoder.hyp()
    return best.hypstr if best else ""


def words(path: Path | str, phrase: str, threshold: float | None = None) -> bool:
    """`spots_only` of a file."""
    return spots_only(*read(path), phrase, threshold)
