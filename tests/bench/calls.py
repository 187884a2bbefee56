"""CPU time of one call: the bare dialplan (V0), a minimal ARI application (V1), the engine (V2)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.bench import proc
from tests.bench.sipp import Caller, Run
from tests.bench.stack import V0, V1, V2, Stack

NUMBERS = {"V0": V0, "V1": V1, "V2": V2}
SETTLE_SECONDS = 1.5
"""After the last call: the controller still writes what happened, Asterisk frees its channels."""


@dataclass
class Sample:
    """One round of one variant: milliseconds of CPU a call, by process."""

    rate: int
    variant: str
    cpu_ms: dict[str, float]
    run: Run
    busy: float
    steal: float

    @property
    def total(self) -> float:
        """Of all processes."""
        return sum(self.cpu_ms.values())


@dataclass
class Bench:
    """Runs rounds against one stack; keeps what counted, counts what did not."""

    stack: Stack
    ari_app: int
    samples: list[Sample] = field(default_factory=list)
    invalid: list[Sample] = field(default_factory=list)

    def one(self, variant: str, rate: int, seconds: int) -> Sample:
        """One round of one variant."""
        self.stack.listen(variant == "V2")
        watched = {name: self.stack.processes(name) for name in ("asterisk", "carillon", "redis")}
        watched["V1 app"] = [self.ari_app]
        before, machine = {name: proc.cpu_seconds(ids) for name, ids in watched.items()}, proc.machine_ticks()
        run = Caller(self.stack, NUMBERS[variant], rate=rate, calls=rate * seconds).result()
        after_machine = proc.machine_ticks()
        time.sleep(SETTLE_SECONDS)
        spent = {
            name: (proc.cpu_seconds(ids) - before[name]) * 1000 / max(1, run.completed) for name, ids in watched.items()
        }
        busy, steal, all_ = (b - a for a, b in zip(machine, after_machine, strict=True))
        return Sample(rate, variant, spent, run, busy / (all_ or 1), steal / (all_ or 1))

    def rounds(self, rates: Sequence[int], rounds: int, seconds: int) -> None:
        """Interleaved rounds, the variants' order turning; before them one round of each that is not counted."""
        for variant in NUMBERS:
            self._show(self.one(variant, rates[0], seconds), "warm-up")
        for number in range(rounds):
            for rate in rates:
                order = list(NUMBERS)
                for variant in order[number % 3 :] + order[: number % 3]:
                    sample = self.one(variant, rate, seconds)
                    (self.samples if sample.run.valid else self.invalid).append(sample)
                    self._show(sample, f"round {number + 1}")

    def _show(self, sample: Sample, label: str) -> None:
        parts = "  ".join(f"{name} {ms:.2f}" for name, ms in sample.cpu_ms.items() if ms >= 0.005)
        wrong = "" if sample.run.valid else f"  NOT VALID: {sample.run}"
        print(f"  {label:8} {sample.rate:4}/s {sample.variant}  {sample.total:.2f} ms/call  ({parts})"
              f"  machine {sample.busy:.0%} busy{wrong}", flush=True)  # fmt: skip

    def of(self, variant: str, rate: int | None = None) -> list[Sample]:
        """The samples that count."""
        return [one for one in self.samples if one.variant == variant and rate in (None, one.rate)]

    def ratio(self, variant: str, rate: int | None = None) -> float | None:
        """Work per CPU-second of V2, in that of another variant; None where a side has no valid round."""
        sides = [[one.total for one in self.of(name, rate)] for name in (variant, "V2")]
        return median(sides[0]) / median(sides[1]) if all(sides) else None
