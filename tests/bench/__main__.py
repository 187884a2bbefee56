"""`make bench`: measures, prints the tables of docs/benchmarks.md, and ends with V2/V0 and V2/V1.

    docker/bench [--short] [--only PART …] [--rounds N] [--rates R …] [--keep]

Parts: due, idle, adding, listing, texts, calls, digits, asking, attacked, secured,
sustained. --keep leaves the system up,
and uses one that is up as it is.
"""

import argparse
import asyncio
import os
import subprocess
from pathlib import Path
from statistics import median, quantiles

import uvloop

from tests.bench import adding, asking, attacked, digits, due, idle, listing, proc, secured, sustained, texting
from tests.bench.calls import Bench
from tests.bench.stack import DIGITS_ENGINE, ROOT, SERVICES, V0, V1, V2, Stack

PARTS = ("due", "idle", "adding", "listing", "texts", "calls", "digits", "asking", "attacked", "secured", "sustained")
QUIET_LOAD = 0.5


def main() -> None:
    """Run what was asked for."""
    options = _options()
    stack = Stack.described(Path(os.environ["CARILLON_ENV_FILE"]))
    _describe(stack)
    uvloop.install()
    if "due" in options.only:
        print(f"\n{due.measure()}", flush=True)
    _start(stack, fresh=not options.keep)
    try:
        if "idle" in options.only:
            _idle(stack, 5 if options.short else 20)
        if "adding" in options.only:
            print(f"\n{adding.table(adding.measure(stack))}", flush=True)
        if "listing" in options.only:
            print(f"\n{listing.measure(stack).table()}", flush=True)
        if "secured" in options.only:
            found = asyncio.run(secured.measure(stack, min(options.rounds, 3), 20 if options.short else 60))
            print(f"\n{found.table()}", flush=True)
        if "texts" in options.only:
            texts = asyncio.run(texting.measure(stack, 500, 5 if options.short else 20, min(options.rounds, 3)))
            print(f"\n{texts.table()}", flush=True)
        with stack.ari_app() as ari_app:
            _check_sound(stack)
            bench = Bench(stack, ari_app)
            if "calls" in options.only:
                print("\nCPU time of one call (1 s prompt), milliseconds by process")
                bench.rounds(options.rates, options.rounds, 5 if options.short else 10)
        if "digits" in options.only:
            _digits(stack, short=options.short)
        if "asking" in options.only:
            asked = asyncio.run(asking.measure(stack, min(options.rounds, 3), 5 if options.short else 30))
            print(f"\n{asked.table()}", flush=True)
        if "attacked" in options.only:
            attack = asyncio.run(attacked.measure(stack, min(options.rounds, 4), 5 if options.short else 15))
            print(f"\n{attack.table()}", flush=True)
        if "sustained" in options.only:
            print("\nSet-ups a second, this engine")
            sustained.measure(stack, (300, 250, 200, 150, 100), 10 if options.short else 60)
    finally:
        if not options.keep:
            stack.stack("down", "--volumes")
    if "calls" in options.only:
        _table(bench, options.rates)
    if "asking" in options.only:
        print(f"\n{asked.table()}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a couple of minutes instead of half an hour")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--rates", type=int, nargs="+")
    parser.add_argument("--keep", action="store_true", help="leave the system up, and use one that is")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.short else 5)
    options.rates = options.rates or [100] if options.short else options.rates or [100, 250]
    return options


def _describe(stack: Stack) -> None:
    machine = proc.Machine.seen()
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True).stdout
    print(f"commit {commit.strip() or 'unknown'} · {machine.processor}, {machine.cores} cores · Linux {machine.kernel}")
    print(f"fsync p50 {machine.fsync_ms:.2f} ms · load before {proc.load():.2f}"
          + ("" if proc.load() <= QUIET_LOAD else ": NOT idle, so these figures are preliminary"))  # fmt: skip


def _start(stack: Stack, *, fresh: bool) -> None:
    if fresh:
        stack.stack("down", "--volumes")
    stack.stack("up", *SERVICES)
    stack.wait()
    if not stack.filled:
        stack.fill()
    print(stack.asterisk("core show version").split(" built")[0])
    asyncio.run(_prepare(stack))
    stack.dialplan()


async def _prepare(stack: Stack) -> None:
    """One call of each kind: the prompts are fetched and converted now."""
    assert await digits.probe(stack, V2), "the engine played nothing"
    assert await digits.one_call(stack, DIGITS_ENGINE, 1), "the engine took no digit"


def _check_sound(stack: Stack) -> None:
    heard = {}
    for name, number in (("V0", V0), ("V1", V1), ("V2", V2)):
        stack.listen(name == "V2")
        heard[name] = asyncio.run(digits.probe(stack, number))
    same = len({sound.rstrip(b"\xff\x7f") for sound in heard.values()}) == 1
    sizes = ", ".join(f"{name} {len(sound) // 160} packets" for name, sound in heard.items())
    print(f"RTP of one call of each: {sizes}; {'the same audio' if same else 'NOT the same audio'}")


def _idle(stack: Stack, seconds: float) -> None:
    found = idle.measure(stack, seconds)
    print("\nA call that waits for a digit")
    for count, size in found.controller.items():
        print(f"  {count:4} calls: controller {size} kB, Asterisk {found.asterisk[count]} kB (PSS)")
    print(f"  {found.per_call:.1f} kB of the controller a call; its CPU: {found.cpu_none * 1000:.2f} ms/s with "
          f"no call, {found.cpu_idle * 1000:.2f} ms/s with 200 idle"
          + ("" if found.valid else "  NOT VALID"))  # fmt: skip


def _digits(stack: Stack, *, short: bool) -> None:
    found = digits.Latencies()
    stack.listen(True)
    for together, count in ((1, 20 if short else 300), (25, 10 if short else 50)):
        asyncio.run(digits.measure(stack, together, count, found))
    engine, dialplan = "engine", "dialplan"
    print("\nFrom a digit's end to the first packet of the next prompt, milliseconds")
    for together in (1, 25):
        p50, p99 = ({who: found.at(who, together, part) for who in digits.NUMBERS} for part in (0.5, 0.99))
        samples = len(found.found["engine", together])
        print(f"  {together:2} at once, {samples} each: dialplan p50 {p50[dialplan]:.1f} p99 {p99[dialplan]:.1f}; "
              f"engine p50 {p50[engine]:.1f} p99 {p99[engine]:.1f}; "
              f"added p50 {p50[engine] - p50[dialplan]:+.1f} p99 {p99[engine] - p99[dialplan]:+.1f}")  # fmt: skip


def _table(bench: Bench, rates: list[int]) -> None:
    print("\nMedian (range) of the rounds that count")
    for rate in rates:
        for variant in ("V0", "V1", "V2"):
            samples = bench.of(variant, rate)
            if not samples:
                print(f"  {rate}/s {variant}: no round counts")
                continue
            totals = [one.total for one in samples]
            parts = {name: median(one.cpu_ms[name] for one in samples) for name in samples[0].cpu_ms}
            shown = " + ".join(f"{name} {ms:.2f}" for name, ms in parts.items() if ms >= 0.005)
            setup = [ms for one in samples for ms in one.run.setup_ms]
            cuts = quantiles(setup, n=100) if len(setup) > 1 else [0.0] * 99
            print(f"  {rate}/s {variant}: {shown} = {median(totals):.2f} ms/call ({min(totals):.2f}-{max(totals):.2f}, "
                  f"{len(totals)} rounds) · INVITE to 200 p50 {cuts[49]:.1f} p99 {cuts[98]:.1f} ms")  # fmt: skip
        for other in ("V0", "V1"):
            if (ratio := bench.ratio(other, rate)) is not None:
                print(f"  {rate}/s V2/{other} = {ratio:.2f}")
    steal = max((one.steal for one in bench.samples), default=0.0)
    print(f"rounds that count {len(bench.samples)}, that do not {len(bench.invalid)} · CPU steal at most {steal:.1%} · "
          f"load after {proc.load():.2f}")  # fmt: skip
    for other in ("V0", "V1"):
        ratios = [ratio for rate in rates if (ratio := bench.ratio(other, rate)) is not None]
        print(f"V2/{other} = {median(ratios):.2f}" if ratios else f"V2/{other} = no valid rounds")


main()
