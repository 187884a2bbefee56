"""The rules of voicemail: every change of a box, a greeting or a message goes through here."""

from engine.features.voicemail.boxes import BoxKeeping
from engine.features.voicemail.greetings import GreetingKeeping
from engine.features.voicemail.messages import MessageKeeping
from engine.features.voicemail.pins import PinKeeping


class VoicemailService(BoxKeeping, PinKeeping, MessageKeeping, GreetingKeeping):
    """The boxes of accounts, their PINs, their messages and their greetings."""
