"""Passcodes: one-time codes that prove a phone number to a customer's program."""

from collections.abc import Callable, Mapping

from engine.features.passcodes import progress
from engine.features.passcodes.calling import Calling, Placing
from engine.features.passcodes.events import (
    PasscodeDelivered,
    PasscodeFailed,
    PasscodeSendingStopped,
    PasscodeSent,
    PasscodeVerified,
)
from engine.features.passcodes.following import PasscodeFollower
from engine.features.passcodes.sending import PasscodeSending
from engine.features.passcodes.service import Check, PasscodeService, Texts
from engine.features.passcodes.speaking import TOPIC, Speaking
from engine.features.passcodes.store import expire as expire_passcodes
from engine.features.passcodes.store import live as live_attempts
from engine.features.passcodes.tables import passcode_attempts, passcode_sending, passcodes
from engine.platform.catalogue import Entry, only
from engine.platform.feature import Feature
from engine.platform.platform import Expire, Platform
from engine.platform.scheduler import Timer

AT_ONCE = 100
_SUBJECT = "passcode"


class PasscodesFeature(Feature):
    """Passcodes. `check` refuses numbers; `engine` and `texts` carry codes, and the engine is asked for then."""

    name = "passcodes"
    events = (PasscodeSent, PasscodeDelivered, PasscodeVerified, PasscodeFailed, PasscodeSendingStopped)
    announces = (
        Entry("passcode.sent", PasscodeSent, only("number", "way", "carrier"), subject=_SUBJECT),
        Entry("passcode.delivered", PasscodeDelivered, only("number", "way"), subject=_SUBJECT),
        Entry("passcode.verified", PasscodeVerified, only("number"), subject=_SUBJECT),
        Entry("passcode.failed", PasscodeFailed, only("number", "reason"), subject=_SUBJECT),
        Entry("passcode.stopped", PasscodeSendingStopped, only("sent", "verified", "why"), subject="account"),
    )
    tables = (passcodes, passcode_attempts, passcode_sending)
    expires: Mapping[str, Expire] = {"passcodes": expire_passcodes}

    def __init__(self, platform: Platform, check: Check, engine: Callable[[], Placing], texts: Texts) -> None:
        live: set[str] = set()
        self._database, self._live = platform.database, live
        calling = Calling(platform, engine, live)
        self.services = (PasscodeService(platform, check, texts, calling, live), PasscodeSending(platform))
        self.consumers = (PasscodeFollower(platform.writer, live, platform.scheduler.wake),)
        self.timers = {
            progress.CALL: Timer(calling.place_due, at_once=AT_ONCE),
            progress.EXPIRY: Timer(calling.expire, at_once=AT_ONCE),
        }
        self.conversations = {TOPIC: Speaking(platform)}

    async def start(self) -> None:
        """Follow the texts and calls of earlier controllers."""
        self._live.update(await self._database.read(live_attempts))
