"""Calls that are led into a conference, or to their end."""

import re

from engine.calls.directory import Answering, NoDestination
from engine.features.errors import InvalidSetting
from engine.model.cause import HangupCause
from engine.platform.destination_kind import DestinationKind
from engine.store.accounts import Account
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,64}")
_HAS_PINS = re.compile(r"room-[0-9a-f]{28}")
"""The ids of rooms that are stored (engine.ids): their conferences have these names."""


class ConferenceKind(DestinationKind):
    """`room:sales`: the account's conference of that name, which its first participant opens.

    The id of a stored room is refused: a line that anybody may dial would lead past its PINs.
    """

    name = "room"

    def checked(self, account: Account, target: str) -> str:
        if not _NAME.fullmatch(target):
            raise InvalidSetting(f"A room's name must have 1 to 64 characters (got {target[:80]!r}).")
        if _HAS_PINS.fullmatch(target):
            raise InvalidSetting(f"room:{target} has PINs, which rooms:{target} asks for: lead there instead.")
        return target

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        if not _NAME.fullmatch(target):
            raise NoDestination("A room needs a name.")
        if _HAS_PINS.fullmatch(target):
            raise NoDestination(f"room:{target} has PINs, which only rooms:{target} asks for.")
        return Answering(account=account.id, tasks=(JoinConference(name=target),))


class HangUpKind(DestinationKind):
    """`hangup:CAUSE`: the call ends, or is refused; `rejected` where no cause is given."""

    name = "hangup"
    alone = True

    def checked(self, account: Account, target: str) -> str:
        if (target or HangupCause.REJECTED) not in set(HangupCause):
            raise InvalidSetting(f"A cause must be one of {', '.join(HangupCause)} (got {target[:64]!r}).")
        return target or HangupCause.REJECTED.value

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        try:
            return Answering(account=account.id, tasks=(HangUp(cause=self.checked(account, target)),))
        except InvalidSetting as error:
            raise NoDestination(str(error)) from error
