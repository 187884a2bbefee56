"""Ports for softphones, and for whatever a test needs to be free until it listens there itself."""

import itertools
import os
import socket

FIRST_PORT, LAST_PORT, PORTS_EACH = 61_000, 65_500, 30
"""Above what the kernel gives to sockets that ask for any port."""
WORKERS = 8
"""The last one stands for a process that is not one of several, and runs beside those."""
_turn = itertools.count()


def free_ports(address: str = "127.0.0.1") -> tuple[int, int, int]:
    """Three free places of ten ports each: for SIP, control and RTP. Each test process has a range of its own."""
    share = (LAST_PORT - FIRST_PORT) // WORKERS
    worker = os.environ.get("PYTEST_XDIST_WORKER", f"gw{WORKERS - 1}").removeprefix("gw")
    begin = FIRST_PORT + share * (int(worker) % WORKERS)
    for _ in range(share // PORTS_EACH):
        start = begin + next(_turn) * PORTS_EACH % (share - share % PORTS_EACH)
        if all(_free(address, port) for port in range(start, start + PORTS_EACH)):
            return start, start + 10, start + 20
    raise AssertionError(f"no ports are free for a softphone between {begin} and {begin + share}")


def unused_port(address: str = "127.0.0.1") -> int:
    """A port (UDP, TCP) on which nobody listens, as on the 29 behind it; no socket is given it that asks for any."""
    return free_ports(address)[0]


def _free(address: str, port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
