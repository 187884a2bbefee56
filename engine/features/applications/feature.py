"""Applications: the customers' programs."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from engine.features.applications.dialects import Dialect
from engine.features.applications.service import ApplicationService
from engine.features.destinations.programs import named_by
from engine.platform.feature import Feature
from engine.platform.leads import Lead
from engine.platform.platform import Platform
from engine.store import applications, tables


class ApplicationsFeature(Feature):
    """Applications of all accounts. `dialects` are those that they may have, beside fixed lists of tasks."""

    name = "applications"
    tables = (tables.applications,)

    def __init__(self, platform: Platform, dialects: Sequence[Dialect]) -> None:
        self.services = (ApplicationService(platform.database, platform.writer, dialects, platform.refresh),)

    def leads(self, conn: Connection, account: str) -> Iterable[Lead]:
        """Where the fixed lists of tasks lead calls, also by a caller's choice."""
        for application in applications.list(conn, account):
            for to in named_by(application.tasks or ()):
                yield Lead(f"the application {application.name}", to)
