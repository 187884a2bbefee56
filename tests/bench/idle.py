"""What a call costs that waits for a digit: the controller's memory, and its CPU time."""

import time
from dataclasses import dataclass

from tests.bench import proc
from tests.bench.sipp import Caller
from tests.bench.stack import IDLE, Stack

STEPS = (100, 100, 200)
HOLD_SECONDS = 25


@dataclass
class Idle:
    """Proportional set sizes in kB by number of calls, and CPU seconds per second while 200 are idle, and none."""

    controller: dict[int, int]
    asterisk: dict[int, int]
    cpu_idle: float
    cpu_none: float
    valid: bool

    @property
    def per_call(self) -> float:
        """kB of the controller per idle call, between none and all."""
        most = max(self.controller)
        return (self.controller[most] - self.controller[0]) / most


def measure(stack: Stack, watch_seconds: float) -> Idle:
    """Calls come in steps and stay, all within the 30 s after which Asterisk ends a call without RTP."""
    stack.listen(True)
    ok = Caller(stack, IDLE, rate=50, calls=100, scenario="hold", hold_ms=1000).result().valid
    time.sleep(2)
    controller, asterisk = stack.processes("carillon"), stack.processes("asterisk")
    none = _rate(controller, watch_seconds)
    sizes, others = {0: proc.pss_kb(controller)}, {0: proc.pss_kb(asterisk)}
    callers, up, idle = [], 0, 0.0
    for step in STEPS:
        hold = HOLD_SECONDS * 1000
        callers.append(Caller(stack, IDLE, rate=100, calls=step, scenario="hold", hold_ms=hold))
        time.sleep(step / 100 + 1.5)
        up += step
        if up == 200:
            idle = _rate(controller, watch_seconds)
        sizes[up], others[up] = proc.pss_kb(controller), proc.pss_kb(asterisk)
    runs = [caller.result() for caller in callers]
    return Idle(sizes, others, idle, none, ok and all(run.valid for run in runs))


def _rate(processes: list[int], seconds: float) -> float:
    before = proc.cpu_seconds(processes)
    time.sleep(seconds)
    return (proc.cpu_seconds(processes) - before) / seconds
