"""The audio of calls: prompts, speech, recordings."""

from engine.media.errors import PromptError
from engine.media.prompt import Prompt, PromptSettings
from engine.media.prompts import Prompts
from engine.media.recordings import (
    LinkError,
    LinkExpired,
    LinkInvalid,
    Links,
    Measure,
    RecordingDamaged,
    RecordingFiles,
    RecordingMissing,
)
from engine.media.speech.registry import Voices

__all__ = [
    "LinkError", "LinkExpired", "LinkInvalid", "Links", "Measure", "Prompt", "PromptError", "PromptSettings", "Prompts",
    "RecordingDamaged", "RecordingFiles", "RecordingMissing", "Voices",
]
