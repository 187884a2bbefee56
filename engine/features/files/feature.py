"""Files of accounts, to be sent."""

from sqlalchemy import Connection

from engine.features.files import service, sweeping
from engine.features.files.links import FileLinks
from engine.features.files.service import FileService
from engine.features.files.sweeping import Sweeping
from engine.features.files.tables import files
from engine.platform.feature import Feature
from engine.platform.folder import Folder
from engine.platform.platform import Platform
from engine.platform.scheduler import Timer


class FilesFeature(Feature):
    """Keeps files in `folder`. `links_at` is where the API serves links to them, without a slash at its end."""

    name = "files"
    tables = (files,)

    def __init__(self, platform: Platform, folder: Folder, links_at: str = "") -> None:
        self.service = FileService(platform, folder, FileLinks(platform.seal, links_at, platform.clock))
        self.services = (self.service,)
        self._sweeping = Sweeping(platform, self.service)
        self.timers = {
            service.KIND: Timer(self.service.delete, at_once=service.AT_ONCE),
            sweeping.KIND: Timer(self._sweeping.sweep, at_once=1),
        }

    async def start(self) -> None:
        """Schedule the sweep."""
        await self._sweeping.start()

    def leave(self, conn: Connection, account: str) -> None:
        """Let go of the files themselves."""
        self.service.leave(conn, account)
