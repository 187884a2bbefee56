"""Uploads: prompts that accounts gave us."""

from engine.features.uploads.service import UploadService
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store import tables


class UploadsFeature(Feature):
    """The accounts' files."""

    name = "uploads"
    tables = (tables.uploads,)

    def __init__(self, platform: Platform) -> None:
        self.services = (UploadService(platform.database, platform.writer, platform.prompts, platform.clock),)
