"""Voicemail: boxes, their greetings, and the messages that callers leave in them."""

from engine.features.destinations.registry import Destinations
from engine.features.users.passwords import Passwords
from engine.features.voicemail import announced
from engine.features.voicemail.directory import BoxDirectory
from engine.features.voicemail.events import VoicemailCounted, VoicemailDeleted, VoicemailRead, VoicemailReceived
from engine.features.voicemail.keeping import Kept
from engine.features.voicemail.service import VoicemailService
from engine.features.voicemail.tables import voicemail_boxes, voicemail_greetings, voicemails
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class VoicemailFeature(Feature):
    """The boxes of accounts."""

    name = "voicemail"
    events = (VoicemailReceived, VoicemailRead, VoicemailDeleted, VoicemailCounted)
    announces = announced.ENTRIES
    tables = (voicemails, voicemail_greetings, voicemail_boxes)

    def __init__(self, platform: Platform, destinations: Destinations, passwords: Passwords | None = None) -> None:
        self._directory = BoxDirectory(platform.database)
        kept = Kept(platform, destinations, self._directory, passwords or Passwords())
        self.service = VoicemailService(kept)
        self.services = (self.service,)

    async def start(self) -> None:
        """Read the boxes."""
        await self._directory.load()
