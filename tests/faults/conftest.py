"""Faults are planted while nobody else uses the system; the rest is as in the end-to-end tests."""

import os
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import (  # noqa: F401
    account,
    admin,
    carillon,
    carrier,
    http,
    lab,
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
from tests.support.system import System
from tests.support.turns import alone

ROUNDS = 5 if os.environ.get("CARILLON_FAULTS") == "full" else 1
"""`make faults` goes through each fault this often, at other moments each time; `make test` once."""


@pytest.fixture(autouse=True)
def _alone(system: System) -> Iterator[None]:  # noqa: F811
    """Wait for the other test processes, and keep them waiting; the system is healthy before and after."""
    with alone(system.file):
        system.wait_until_healthy()
        yield
        system.wait_until_healthy()
