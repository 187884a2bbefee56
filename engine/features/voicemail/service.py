"""The rules of voicemail: every change of a box, a greeting or a message goes through here."""

from engine.features.voicemail.boxes import BoxMethods
from engine.features.voicemail.greetings import GreetingMethods
from engine.features.voicemail.messages import MessageMethods
from engine.features.voicemail.pins import PinMethods


class VoicemailService(BoxMethods, PinMethods, MessageMethods, GreetingMethods):
    """The boxes of accounts, their PINs, their messages and their greetings."""
