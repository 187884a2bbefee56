"""Faults are planted while nobody else uses the system; the rest is as in the end-to-end tests."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import (  # noqa: F401
    account,
    admin,
    carillon,
    carrier,
    client,
    customer,
    extension,
    fallback,
    http,
    lab,
    make_customer,
    network,
    number,
    own,
    phone,
    pytest_collection_modifyitems,
    rates,
    recording_of,
    ringful,
    sink,
    system,
)
from tests.support.scenario import until
from tests.support.system import System
from tests.support.turns import alone

ROUNDS = 5 if os.environ.get("CARILLON_FAULTS") == "full" else 1
"""`make faults` goes through each fault this often, at other moments each time; `make test` once."""
BACK_WITHIN = 60.0


@pytest.fixture(autouse=True)
def _alone(system: System) -> Iterator[None]:  # noqa: F811
    """Wait for the other test processes, and keep them waiting; the system is healthy before and after."""
    with alone(system.file):
        system.wait_until_healthy()
        yield
        system.wait_until_healthy()


async def kill_the_controller(system: System) -> None:  # noqa: F811
    """kill -9 of every process in its container but the one that reaps them; returns once it is healthy again."""
    container = system.container("carillon")
    before = await system.docker("inspect", "-f", "{{.RestartCount}}", container)
    killer = await asyncio.create_subprocess_exec(
        "docker", "exec", container, "sh", "-c", "kill -9 -1",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    await killer.wait()

    async def restarts() -> str:
        return await system.docker("inspect", "-f", "{{.RestartCount}}", container)

    await until(restarts, lambda count: int(count) > int(before), BACK_WITHIN, "the container is started again")
    await system.healthy(BACK_WITHIN)
