"""Running commands against an installation."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest

from api.cli import main
from tests.api.own.installation import TOKEN, Installation


class Ran(NamedTuple):
    """The output, the errors and the exit status of a command."""

    status: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        return json.loads(self.output)


Run = Callable[..., Awaitable[Ran]]


@pytest.fixture
def carillon(installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command against the installation, its settings in an env file."""
    file = installation.folder / "system.env"
    file.write_text(
        "# settings\n"
        f"CARILLON_ADMIN_TOKEN={TOKEN}\n"
        f"CARILLON_API_PORT={installation.public_server.port}\n"
        f"CARILLON_ADMIN_PORT={installation.admin_server.port}\n"
        "CARILLON_BIND=\nCARILLON_SIP_PORT=1\nCARILLON_ARI_PORT=1\nCARILLON_REDIS_PORT=1\n"
    )
    monkeypatch.setenv("CARILLON_ENV_FILE", str(file))

    async def run(*arguments: str) -> Ran:
        status = await asyncio.to_thread(main, list(arguments))
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run
