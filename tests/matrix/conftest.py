"""The matrix of carriers runs against a whole system, with the fixtures of the end-to-end tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.lab import Lab
from tests.e2e.conftest import (  # noqa: F401
    _sharing,
    account,
    admin,
    carillon,
    http,
    lab,
    network,
    number,
    own,
    pytest_collection_modifyitems,
    recording_of,
    sink,
    system,
)
from tests.support.carillon import Account, Admin, Command
from tests.support.lab_carriers import LabCarriers


@pytest.fixture
async def carriers(
    carillon: Command,  # noqa: F811
    admin: Admin,  # noqa: F811
    account: Account,  # noqa: F811
    network: Lab,  # noqa: F811
    tmp_path: Path,
) -> AsyncIterator[LabCarriers]:
    """Connects trunks to the lab's carriers."""
    yield LabCarriers(carillon, admin, account, network, tmp_path)
