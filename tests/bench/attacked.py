"""One customer's calls and callbacks while somebody else sends bombs, half-open connections and guesses (attacker.py).

In turns in one run: rounds undisturbed, rounds attacked. From a call's INVITE to its ICE is a callback's way out, to
the prompt's first packet the call's (as in asking.py). /health, on the administrator's port, is asked all the time.
"""

import asyncio
import json
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field

from tests.bench.asking import PARTS, RATE, WARM_UP, Measured, _calls, _Customer, _round
from tests.bench.stack import ASKED, HERE, ROOT, Stack
from tests.support.raw_http import bomb

BOMB = ROOT / ".build" / "bomb.gz"
BOMB_MEGABYTES = 10_240
HEALTH_EACH = 0.1
TO_ICE = PARTS["INVITE to ICE"]


@dataclass
class Health:
    """What /health answered, and how long it took, milliseconds."""

    took: list[float] = field(default_factory=list)
    failed: int = 0

    def __str__(self) -> str:
        ordered = sorted(self.took) or [0.0]
        p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
        return f"/health asked {len(self.took) + self.failed} times, {self.failed} failed, p99 {p99:.1f}"


@dataclass
class Found:
    """Both kinds of rounds, and what the attacker was answered."""

    undisturbed: Measured = field(default_factory=Measured)
    attacked: Measured = field(default_factory=Measured)
    health: dict[bool, Health] = field(default_factory=lambda: {False: Health(), True: Health()})
    seen: Counter[str] = field(default_factory=Counter)

    def table(self) -> str:
        """The figures."""
        calls, callbacks = (
            self.attacked.at(0.99, of) / self.undisturbed.at(0.99, of) for of in (lambda call: call.ours, TO_ICE)
        )
        return "\n".join(
            [
                f"One customer's calls at {RATE}/s while another client attacks, milliseconds",
                f"  undisturbed: {self.undisturbed}; {self.health[False]}",
                f"  attacked: {self.attacked}; {self.health[True]}",
                f"  the attacker saw: {', '.join(f'{count} {what}' for what, count in sorted(self.seen.items()))}",
                f"  p99 attacked over undisturbed: calls (INVITE to prompt) {calls:.2f}, "
                f"callbacks (INVITE to ICE) {callbacks:.2f}",
            ]
        )


async def measure(stack: Stack, rounds: int, seconds: int) -> Found:
    """Rounds of both, in turns."""
    found, customer = Found(), _Customer(stack, ASKED)
    BOMB.write_bytes(bomb(BOMB_MEGABYTES))
    stack.listen(True)
    with customer.serving():
        await customer.ready()
        for _ in range(rounds):
            for attacked, into in ((False, found.undisturbed), (True, found.attacked)):
                await _calls(stack, ASKED, WARM_UP, RATE)
                await customer.noted()
                asking = asyncio.create_task(_ask_health(stack, found.health[attacked]), name="health")
                attack = asyncio.create_task(_attack(stack, seconds, found), name="attack") if attacked else None
                await _round(stack, ASKED, seconds, into, customer)
                if attack:
                    await attack
                asking.cancel()
    return found


async def _attack(stack: Stack, seconds: int, found: Found) -> None:
    arguments = ["127.0.0.1", stack.settings["CARILLON_API_PORT"], str(seconds), str(BOMB)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(HERE / "attacker.py"), *arguments, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    if process.returncode:
        raise SystemExit("carillon: the attacker failed")
    found.seen.update(json.loads(printed))


async def _ask_health(stack: Stack, health: Health) -> None:
    url = f"http://127.0.0.1:{stack.settings['CARILLON_ADMIN_PORT']}/health"
    while True:
        await asyncio.sleep(HEALTH_EACH)
        await asyncio.to_thread(_ask_once, url, health)


def _ask_once(url: str, health: Health) -> None:
    began = time.monotonic()
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            answer.read()
    except OSError:
        health.failed += 1
    else:
        health.took.append((time.monotonic() - began) * 1000)
