"""From a digit's end to the first sound of the next prompt, as the caller sees it, beside the dialplan's Read."""

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field

from tests.bench.caller import FRAME_SECONDS, Phone
from tests.bench.stack import ANSWER_SECONDS, DIGITS_DIALPLAN, DIGITS_ENGINE, MOST_DIGITS, Stack

NUMBERS = {"dialplan": DIGITS_DIALPLAN, "engine": DIGITS_ENGINE}


@dataclass
class Latencies:
    """Milliseconds, by who answers and how many calls press at once."""

    found: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))

    def at(self, who: str, together: int, part: float) -> float:
        """A quantile."""
        ordered = sorted(self.found[who, together])
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


async def measure(stack: Stack, together: int, digits: int, into: Latencies) -> None:
    """So many calls at once, each pressing so many digits in all; dialplan and engine take turns."""
    left = digits
    while left > 0:
        batch = min(left, 20 if together == 1 else MOST_DIGITS - 10)
        for who, number in NUMBERS.items():
            calls = (one_call(stack, number, batch) for _ in range(together))
            for found in await asyncio.gather(*calls):
                into.found[who, together] += found
        left -= batch


async def one_call(stack: Stack, number: str, digits: int) -> list[float]:
    """One call that presses so many digits; milliseconds from each one's end to the prompt after it."""
    found = []
    await asyncio.sleep(random.uniform(0, 0.5))
    async with Phone(stack.sip, number) as phone:
        await _silence(phone, random.uniform(0.3, 0.6))
        for _ in range(digits):
            before = len(phone.sounds)
            phone.heard.clear()
            pressed = await phone.press(random.randint(0, 9))
            assert len(phone.sounds) == before, "a prompt began before its digit had ended"
            await asyncio.wait_for(phone.heard.wait(), 10)
            found.append((phone.sounds[before] - pressed) * 1000)
            await _silence(phone, ANSWER_SECONDS + random.uniform(0.05, 0.15))
    return found


async def _silence(phone: Phone, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(int(seconds / FRAME_SECONDS)):
        phone.frame()
        await asyncio.sleep(max(0.0, began + (number + 1) * FRAME_SECONDS - loop.time()))
    await asyncio.sleep(max(0.0, began + seconds - loop.time()))


async def probe(stack: Stack, number: str) -> bytes:
    """All the audio of one call to its end."""
    async with Phone(stack.sip, number) as phone:
        await asyncio.wait_for(phone.ended.wait(), 10)
        return b"".join(data for _, data in phone.packets)
