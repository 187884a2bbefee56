"""The services of trunks and extensions, put together."""

from collections.abc import Collection
from pathlib import Path

from engine.ari.client import AriClient
from engine.features.endpoints.provisioner import Provisioner
from engine.features.endpoints.push import Endpoints
from engine.features.endpoints.service import Extensions
from engine.features.trunks.addresses import TrunkAddresses
from engine.features.trunks.service import Trunks
from engine.features.trunks.watch import TrunkWatch
from engine.platform.settings_cache import SettingsCache
from engine.store.database import Database
from engine.store.writer import Writer


class EndpointServices:
    """Everything that is an endpoint in Asterisk. `own_addresses` are those of this machine."""

    def __init__(
        self,
        client: AriClient,
        db: Database,
        writer: Writer,
        cache: SettingsCache,
        own_addresses: Collection[str],
        asterisk_log: Path,
    ) -> None:
        provisioner = Provisioner(client)
        self.extensions = Extensions(writer, cache, provisioner)
        self.trunks = Trunks(db, writer, cache, provisioner, TrunkAddresses(own_addresses))
        self.all = Endpoints(provisioner, (self.trunks, self.extensions))
        self.watch = TrunkWatch(writer, self.trunks, asterisk_log)
