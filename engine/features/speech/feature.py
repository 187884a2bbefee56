"""Speech: the voices, and texts that are heard without a call."""

from engine.features.speech.service import SpeechService
from engine.platform.feature import Feature
from engine.platform.platform import Platform


class SpeechFeature(Feature):
    """The voices of this installation. It stores nothing."""

    name = "speech"

    def __init__(self, platform: Platform) -> None:
        self.services = (SpeechService(platform.prompts),)
