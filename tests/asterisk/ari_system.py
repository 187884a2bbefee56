"""Where the running Asterisk is: from the settings file that `make test` names."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class AriAddress:
    url: str
    user: str
    password: str


def ari_address() -> AriAddress:
    """Skips the test where no system is running."""
    file = os.environ.get("CARILLON_ENV_FILE")
    if not file:
        pytest.skip("CARILLON_ENV_FILE names no running system: use `make test`")
    lines = [line.partition("=") for line in Path(file).read_text().splitlines() if "=" in line]
    settings = {name.strip(): value.strip() for name, _, value in lines if not name.startswith("#")}
    return AriAddress(
        url=f"http://127.0.0.1:{settings.get('CARILLON_ARI_PORT', '8088')}/ari",
        user=settings.get("CARILLON_ARI_USER", "carillon"),
        password=settings["CARILLON_ARI_PASSWORD"],
    )
