"""Endpoints: what Asterisk registers or calls, extensions and trunks."""

from engine.features.endpoints.lamps import Lamps
from engine.features.endpoints.provisioner import Provisioner
from engine.features.endpoints.push import Endpoints, Owner
from engine.features.endpoints.service import Extensions
from engine.platform.feature import Feature
from engine.platform.platform import Platform
from engine.store import tables


class EndpointsFeature(Feature):
    """The extensions of accounts, and all that Asterisk must have of them and of the `trunks`."""

    name = "endpoints"
    tables = (tables.extensions,)

    def __init__(self, platform: Platform, provisioner: Provisioner, trunks: Owner, lamps: Lamps) -> None:
        self.extensions = Extensions(platform.writer, platform.cache, provisioner)
        self.all = Endpoints(provisioner, (trunks, self.extensions))
        self.services = (self.extensions, self.all, lamps)
