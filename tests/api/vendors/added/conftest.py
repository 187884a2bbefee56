"""A vendor more than there are: its folder is tests/support/vendors/echo, and one name registers it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

import api.vendors
from api.dialects import Dialect
from api.vendors.registry import SERVED, vendors
from api.vendors.vendor import Vendor
from tests.api.cli.running import carillon
from tests.api.own.fixtures import installation, post, stored
from tests.support.redis_server import redis_server

__all__ = ["carillon", "installation", "post", "redis_server", "stored"]
FOLDER = Path(__file__).parents[3] / "support" / "vendors"


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Sequence[type[Vendor]]:
    """All vendors that are served, and the added one: its folder is seen as one of api/vendors."""
    monkeypatch.setattr(api.vendors, "__path__", [*api.vendors.__path__, str(FOLDER)])
    return vendors((*SERVED, "echo"))


@pytest.fixture
def dialects(kinds: Sequence[type[Vendor]]) -> Sequence[Dialect]:
    """What they say of themselves."""
    return [kind.describe() for kind in kinds]
