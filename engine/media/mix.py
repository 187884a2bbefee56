"""Mixes channels to one by their mean, and where that cancels, by one of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr

from engine.media.prompt import NARROW, WIDE

Samples = npt.NDArray[np.float32]

_SIDE_GAIN = 2.0
"""The largest gain that restores the peak: sound on one of two channels loses 6 dB in the mean."""
_WINDOW_SECONDS = 0.04
_CANCELLED = 0.1
"""If the mean of a window has less than this share of the loudest channel's power, the channels cancel (-10 dB)."""


class Mixer:
    """Mixes blocks to mono and resamples them to both rates, preserving the peak of the loudest channel."""

    def __init__(self, rate: int) -> None:
        self.frames = 0
        self._window = max(1, round(rate * _WINDOW_SECONDS))
        self._mean_share = 1.0
        self._peak_in = 0.0
        self._peak_mixed = 0.0
        self._streams = [soxr.ResampleStream(rate, to, 1, dtype="float32") if to != rate else None
                         for to in (WIDE, NARROW)]
        self._parts: list[list[Samples]] = [[], []]

    def add(self, block: Samples, last: bool = False) -> None:
        """Add samples of shape (frames, channels); values beyond full scale are clipped, NaN becomes silence."""
        block = np.clip(np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
        mono = self._mono(block)
        self.frames += len(mono)
        if len(mono):
            self._peak_in = max(self._peak_in, float(np.abs(block).max()))
            self._peak_mixed = max(self._peak_mixed, float(np.abs(mono).max()))
        for stream, parts in zip(self._streams, self._parts, strict=True):
            parts.append(mono if stream is None else stream.resample_chunk(mono, last=last))

    def finish(self) -> tuple[Samples, Samples]:
        """Return the whole audio at both rates."""
        self.add(np.zeros((0, 1), np.float32), last=True)
        gain = min(self._peak_in / self._peak_mixed, _SIDE_GAIN) if self._peak_mixed else 1.0
        wide, narrow = (np.concatenate(parts) * np.float32(gain) for parts in self._parts)
        return wide, narrow

    def _mono(self, block: Samples) -> Samples:
        mean: Samples = block.mean(axis=1, dtype=np.float32)
        if block.shape[1] == 1 or not len(block):
            return mean
        return np.concatenate([
            self._uncancelled(block[at : at + self._window], mean[at : at + self._window])
            for at in range(0, len(block), self._window)
        ])  # fmt: skip

    def _uncancelled(self, window: Samples, mean: Samples) -> Samples:
        """Return the mean, or where the channels cancel, the first loud channel, with fades between the two."""
        powers = np.square(window, dtype=np.float64).mean(axis=0)
        cancelled = float(np.square(mean, dtype=np.float64).mean()) < _CANCELLED * powers.max()
        before, self._mean_share = self._mean_share, 0.0 if cancelled else 1.0
        if before == self._mean_share == 1.0:
            return mean
        share = np.linspace(before, self._mean_share, len(window), dtype=np.float32)
        loud = window[:, int(np.argmax(powers >= powers.max() / 2))]
        mixed: Samples = mean * share + loud * (1 - share)
        return mixed
