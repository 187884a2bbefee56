"""The service of guesses on each database, with two accounts."""

from pathlib import Path

import pytest

from engine.features.guesses.service import Guesses
from engine.media.recordings import RecordingFiles
from engine.platform.platform import Platform
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.features.subscriptions.conftest import Clock, clock, database, seal
from tests.engine.features.users.conftest import writer
from tests.support.doubles import ScriptedPrompts

__all__ = ["clock", "database", "seal", "writer"]


@pytest.fixture
def platform(database: Database, writer: Writer, clock: Clock, tmp_path: Path) -> Platform:
    """A platform whose clock is set."""
    prompts = ScriptedPrompts()
    return Platform(database, writer, RecordingFiles(tmp_path), prompts, clock=clock)  # type: ignore[arg-type]


@pytest.fixture
def guesses(platform: Platform) -> Guesses:
    """The service."""
    return Guesses(platform)
