"""What the far end of a call really heard and said, and how to compare it with what it should."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from tests.support import audio

SAME_PITCH = 0.025


@dataclass(frozen=True)
class Sound:
    """Audio as it arrived somewhere."""

    samples: np.ndarray
    rate: int
    where: str = ""

    @classmethod
    def of(cls, file: Path) -> "Sound":
        """Read a WAV."""
        samples, rate = audio.read(file)
        return cls(samples, rate, str(file))

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / self.rate

    @property
    def level(self) -> float:
        """RMS in dBFS; silence is -120."""
        return audio.level(self.samples)

    def part(self, start: float, end: float | None = None) -> "Sound":
        """The audio between two times, in seconds."""
        stop = None if end is None else int(end * self.rate)
        return Sound(self.samples[int(start * self.rate) : stop], self.rate, self.where)

    def melody(self, least: float = 0.15) -> list[int]:
        """The frequencies of its tones in order, those of at least so many seconds, equal neighbours as one."""
        found: list[int] = []
        for tone in audio.tones(self.samples, self.rate):
            if tone.seconds >= least and not (found and same_pitch(found[-1], tone.frequency)):
                found.append(round(tone.frequency))
        return found

    def lasted(self, hz: float) -> float:
        """For how many seconds a tone of this frequency was heard, from its beginning to its end; 0 for never.

        A packet that came late leaves a click in it, which does not make it shorter.
        """
        found = [tone for tone in audio.tones(self.samples, self.rate) if same_pitch(hz, tone.frequency)]
        return found[-1].start + found[-1].seconds - found[0].start if found else 0.0

    def first(self, hz: float) -> float:
        """When a tone of this frequency began; fails where there is none."""
        for tone in audio.tones(self.samples, self.rate):
            if same_pitch(hz, tone.frequency):
                return tone.start
        raise AssertionError(f"no {hz} Hz in {self.where}; heard {self.melody()}")

    def quiet(self, floor: float = -50.0) -> audio.Tone:
        """Its longest silence: when it begins and how long it lasts, to a twentieth of a second."""
        step = 0.05
        loud = [self.part(at * step, (at + 1) * step).level > floor for at in range(int(self.seconds / step))]
        best, begin = (0, 0), 0
        for at, one in enumerate([*loud, True]):
            if one:
                best, begin = max(best, (at - begin, begin)), at + 1
        return audio.Tone(best[1] * step, best[0] * step, 0.0)

    def loud(self, seconds: float, floor: float = -40.0) -> "Sound":
        """The first part of so many seconds that begins when something is heard; fails where nothing is."""
        step = 0.05
        for at in range(int(self.seconds / step)):
            if self.part(at * step, (at + 1) * step).level > floor:
                return self.part(at * step, at * step + seconds)
        raise AssertionError(f"nothing is heard in {self.where} ({self.seconds:.1f} s)")

    def holds(self, *hz: float, floor: float = -45.0) -> bool:
        """Whether all these frequencies sound in the whole of it, however near they are to each other."""
        return all(audio.tone_level(self.samples, self.rate, one) > floor for one in hz)

    def company(self, tones: Mapping[str, float], least: float = 1.0) -> list[set[str]]:
        """Who was heard together, in order: sets of names, each lasting so many seconds; shorter ones are left out.

        It tells nothing of when: a recording at the far end is short of some of the time in which no RTP came.
        """
        step = 0.25
        heard = [
            {name for name, hz in tones.items() if self.part(at * step, (at + 1) * step).has(hz, 0.12)}
            for at in range(int(self.seconds / step))
        ]
        lasting = [names for names, run in groupby(heard) if len(list(run)) * step >= least]
        return [names for names, _ in groupby(lasting)]

    def has(self, hz: float, seconds: float = 0.3) -> bool:
        """Whether this frequency stands out for so long, among others too."""
        return audio.has_tone(self.samples, self.rate, hz, seconds)

    def says(self, phrase: str, threshold: float | None = None) -> bool:
        """Whether a recogniser spots the phrase, and does not spot another one; it is stricter with 1e-10."""
        return audio.spots_only(self.samples, self.rate, phrase, threshold)


def same_pitch(wanted: float, got: float) -> bool:
    """Whether two frequencies are the same tone."""
    return abs(wanted - got) <= SAME_PITCH * wanted


def assert_melody(sound: Sound, *wanted: float) -> None:
    """Fail unless exactly these tones were heard, in this order."""
    heard = sound.melody()
    good = len(heard) == len(wanted) and all(map(same_pitch, wanted, heard))
    assert good, f"heard {heard} Hz, not {list(wanted)}, in {sound.where} ({sound.seconds:.1f} s)"


def assert_hears(sound: Sound, hears: Iterable[float], others: Iterable[float]) -> None:
    """Fail unless all of `hears` and none of `others` can be heard."""
    wrong = [f"no {hz:g} Hz" for hz in hears if not sound.has(hz)]
    wrong += [f"{hz:g} Hz though it must not" for hz in others if sound.has(hz, 0.12)]
    assert not wrong, f"{sound.where} ({sound.seconds:.1f} s) hears {', '.join(wrong)}"


def assert_company(sound: Sound, tones: Mapping[str, float], *wanted: set[str]) -> None:
    """Fail unless these were heard together one after the other, the last of them at the end (until all hung up)."""
    heard = sound.company(tones)
    if wanted[-1] and heard and not heard[-1]:  # who is the last to be hung up is sent silence until then
        heard = heard[:-1]
    levels = [round(sound.part(at, at + 1).level) for at in range(int(sound.seconds))]
    assert in_order(wanted, heard) and heard[-1:] == [wanted[-1]], (
        f"in {sound.where} ({sound.seconds:.1f} s) were heard {heard}, not {list(wanted)}; its level by the second, "
        f"which tells silence from music: {levels} dBFS"
    )


def in_order(wanted: Sequence[object], got: Sequence[object]) -> bool:
    """Whether `wanted` is found in `got` in this order, others may lie between."""
    rest = iter(got)
    return all(one in rest for one in wanted)
