"""Taking turns between test processes: many tests share the running system, those that break it have it to themselves.

Two locks on files beside the env file. A test that shares takes `busy` shared. One that breaks things takes `gate`
first, which keeps newcomers out, then `busy` alone, which waits for those who are in.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT_SECONDS = 780.0


@contextmanager
def sharing(env_file: Path) -> Iterator[None]:
    """Use the system beside others."""
    with _lock(env_file, "gate", fcntl.LOCK_SH):
        busy = _lock(env_file, "busy", fcntl.LOCK_SH)
        busy.__enter__()
    try:
        yield
    finally:
        busy.__exit__(None, None, None)


@contextmanager
def alone(env_file: Path) -> Iterator[None]:
    """Have the system alone: wait for the others, and keep them waiting."""
    with _lock(env_file, "gate", fcntl.LOCK_EX), _lock(env_file, "busy", fcntl.LOCK_EX):
        yield


@contextmanager
def the_only(env_file: Path, name: str) -> Iterator[None]:
    """Use something that the system has one of, e.g. an address that it was told, while no other process does."""
    with _lock(env_file, name, fcntl.LOCK_EX):
        yield


@contextmanager
def _lock(env_file: Path, name: str, kind: int) -> Iterator[None]:
    with env_file.with_name(f"{env_file.name}.{name}").open("a") as file:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                fcntl.flock(file, kind | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                assert time.monotonic() < deadline, f"another test has held {file.name} for {WAIT_SECONDS:.0f} s"
                time.sleep(0.05)
        yield
