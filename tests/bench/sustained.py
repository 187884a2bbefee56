"""How many calls a second the engine sets up for how long, without a failed call or a retransmission."""

from dataclasses import dataclass

from tests.bench import proc
from tests.bench.sipp import Caller, Run
from tests.bench.stack import V2, Stack


@dataclass
class Attempt:
    """One rate, tried."""

    rate: int
    seconds: int
    run: Run
    busy: float


def measure(stack: Stack, rates: tuple[int, ...], seconds: int) -> list[Attempt]:
    """Try rates, the highest first, until one is held."""
    stack.listen(True)
    tried = []
    for rate in rates:
        before = proc.machine_ticks()
        run = Caller(stack, V2, rate=rate, calls=rate * seconds).result()
        busy, _, all_ = (b - a for a, b in zip(before, proc.machine_ticks(), strict=True))
        tried.append(Attempt(rate, seconds, run, busy / all_))
        print(f"  {rate} set-ups/s for {seconds} s: {'held' if run.valid else 'NOT held'}: {run}, "
              f"machine {busy / all_:.0%} busy", flush=True)  # fmt: skip
        if run.valid:
            break
    return tried
