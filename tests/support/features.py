"""The features' services for tests: on a real store, with files in a folder of the test."""

from pathlib import Path

from engine.features.applications.dialects import Dialect
from engine.features.services import FeatureServices
from engine.media import Prompts, PromptSettings, RecordingFiles
from engine.net import Net
from engine.platform.refresh import Refresh
from engine.store.database import Database
from engine.store.writer import Writer


async def unchanged() -> None:
    """What is in memory stays: nothing is kept there."""


def services_of(
    db: Database,
    writer: Writer,
    net: Net,
    folder: Path,
    *,
    dialects: tuple[Dialect, ...] = (),
    refresh: Refresh = unchanged,
) -> FeatureServices:
    """Build them. The prompts are not started: who uploads makes the folders `prompts` and `uploads` before."""
    prompts = Prompts(net, folder / "prompts", PromptSettings(uploads=folder / "uploads"))
    return FeatureServices.build(db, writer, RecordingFiles(folder), prompts, dialects, refresh, refresh)
