"""What comes in while others' calls go on, from a process of its own; ends by itself.

    python attacker.py HOST PORT SECONDS BOMB

Twelve bombs (the file BOMB, sent as gzip) at once at the beginning, 5,000 connections with half a header spread over
the time, 2,000 guesses of keys a minute; from addresses of 127/8 that are not the customers'. Prints as JSON how many
of each there were and which statuses were answered.
"""

import asyncio
import json
import os
import resource
import secrets
import sys
from collections import Counter
from pathlib import Path

import uvloop

HOST, PORT, SECONDS, BOMB = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4])
BOMBS, HALF_OPEN, GUESSES_A_MINUTE = 12, 5000, 2000
SOURCES = [f"127.66.0.{last}" for last in range(1, 21)]
HALF = b"GET /Call/apikey/x HTTP/1.1\r\nHost: x\r\nX-Half: "
ASKED = "GET /carillon/v1/account HTTP/1.1\r\nHost: x\r\n"
seen: Counter[str] = Counter()


async def opened(source: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection from an address."""
    return await asyncio.open_connection(HOST, PORT, local_addr=(source, 0))


async def bomb(packed: bytes, source: str) -> None:
    """One bomb."""
    head = "POST /carillon/v1/calls HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\n"
    try:
        reader, writer = await opened(source)
        writer.write(f"{head}Content-Length: {len(packed)}\r\n\r\n".encode() + packed)
        seen[f"bomb {(await reader.readuntil()).split()[1].decode()}"] += 1
        writer.transport.abort()
    except (OSError, asyncio.IncompleteReadError) as error:
        seen[f"bomb {type(error).__name__}"] += 1


async def half_open(began: float) -> None:
    """Connections that never say what they want, each held until the server or the end closes it."""
    held = []
    for number in range(HALF_OPEN):
        at = began + SECONDS * number / HALF_OPEN
        await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
        try:
            _, writer = await opened(SOURCES[number % len(SOURCES)])
        except OSError as error:
            seen[f"half open {type(error).__name__}"] += 1
            continue
        writer.write(HALF)
        held.append(writer)
        seen["half open"] += 1
    for writer in held:
        writer.transport.abort()


async def guess(began: float) -> None:
    """Keys that nobody has, one after the other."""
    for number in range(int(GUESSES_A_MINUTE * SECONDS / 60)):
        await asyncio.sleep(max(0.0, began + 60 * number / GUESSES_A_MINUTE - asyncio.get_running_loop().time()))
        token = f"{secrets.token_hex(16)}.{secrets.token_hex(24)}"
        try:
            reader, writer = await opened("127.66.1.1")
            writer.write(f"{ASKED}Authorization: Bearer {token}\r\n\r\n".encode())
            seen[f"guess {(await reader.readuntil()).split()[1].decode()}"] += 1
            writer.transport.abort()
        except (OSError, asyncio.IncompleteReadError) as error:
            seen[f"guess {type(error).__name__}"] += 1


async def main(packed: bytes) -> None:
    """All of it at once."""
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(SECONDS + 30):
        await asyncio.gather(half_open(began), guess(began), *(bomb(packed, f"127.66.2.{n + 1}") for n in range(BOMBS)))
    print(json.dumps(seen))


# It stands for machines of its own: what it costs to attack is not the system's to bear. With nice alone it is not
# preempted when the system's processes wake up, but a slice later (sched(7), SCHED_IDLE).
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
uvloop.run(main(BOMB.read_bytes()))
