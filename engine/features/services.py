"""The services and read models of the features that are made of nothing but the store and files, built together."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.features.applications.dialects import Dialect
from engine.features.applications.service import ApplicationService
from engine.features.billing.service import RateService
from engine.features.call_history.views import CallHistory
from engine.features.health.views import StoreHealth
from engine.features.numbers.assignments import NumberAssignments
from engine.features.questions.service import QuestionLog
from engine.features.recordings.service import RecordingService
from engine.features.uploads.service import UploadService
from engine.media import Prompts, RecordingFiles
from engine.platform.refresh import Refresh
from engine.store.database import Database
from engine.store.writer import Writer


@dataclass(frozen=True, kw_only=True, slots=True)
class FeatureServices:
    """What the API calls instead of the store."""

    applications: ApplicationService
    assignments: NumberAssignments
    calls: CallHistory
    health: StoreHealth
    questions: QuestionLog
    rates: RateService
    recordings: RecordingService
    uploads: UploadService

    @classmethod
    def build(
        cls,
        db: Database,
        writer: Writer,
        files: RecordingFiles,
        prompts: Prompts,
        dialects: Sequence[Dialect],
        refresh_settings: Refresh,
        refresh_rates: Refresh,
    ) -> "FeatureServices":
        """Build them. `refresh_settings` and `refresh_rates` read the settings in memory again after a change."""
        return cls(
            applications=ApplicationService(db, writer, dialects, refresh_settings),
            assignments=NumberAssignments(db, writer, refresh_settings),
            calls=CallHistory(db),
            health=StoreHealth(db, writer),
            questions=QuestionLog(db, writer),
            rates=RateService(db, writer, refresh_rates),
            recordings=RecordingService(db, writer, files),
            uploads=UploadService(db, writer, prompts),
        )
