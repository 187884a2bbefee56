"""What meetings are: plain types."""

import msgspec

from engine.features.errors import FeatureError, InvalidSetting
from engine.features.rooms.model import LAST_MOMENT, Room

ID_DIGITS = 9
LONGEST_GUEST = 24
"""Bytes of UTF-8 in a guest's name: it is in the SIP URI that the guest calls (engine.features.meetings.tickets)."""
OPENS_BEFORE = 900.0
"""So many seconds before it starts a meeting is open."""
MOST_GUESTS = 100
"""So many are in a meeting at most, the host counted; its room's setting `most` changes it."""
KEPT = 30 * 86400.0
"""So many seconds after its end a meeting is removed, with its room."""


class NoMeeting(FeatureError):
    """There is no meeting with this link."""


class MeetingNotOpen(FeatureError):
    """The meeting has not opened yet, or it is over."""


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting of an account, in a room of its own, whose number is the meeting's id. Times are Unix seconds.

    `owner` is the id of the user whose meeting it is; None: the account's. `starts` and `ends` may be unknown: then it
    is always open. `links` counts up each time that its links are changed: those of before are no longer good.
    """

    id: str
    account: str
    room: str
    owner: str | None
    starts: float | None
    ends: float | None
    created: float
    links: int = 0


class NewMeeting(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting to make. A PIN that is not given is chosen at random; the name is then the meeting's id.

    `waits_for_host`: guests wait, with music, until the host is there. `language` is what its room speaks.
    """

    name: str | None = None
    starts: float | None = None
    ends: float | None = None
    pin: str | None = None
    owner: str | None = None
    waits_for_host: bool = False
    language: str = "en-US"
    timezone: str = "UTC"

    def checked(self) -> "NewMeeting":
        """Return it; raises InvalidSetting."""
        checked_times(self.starts, self.ends)
        return self


class MeetingChange(msgspec.Struct, frozen=True, kw_only=True):
    """What changes of a meeting; None leaves it. A time of 0 takes it away. `new_links`: the old ones end."""

    name: str | None = None
    starts: float | None = None
    ends: float | None = None
    pin: str | None = None
    new_links: bool = False


class MeetingView(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting with its room and, where they were set just now, its PINs, which are never shown again."""

    meeting: Meeting
    room: Room
    pin: str | None = None
    host_pin: str | None = None


def checked_times(starts: float | None, ends: float | None) -> None:
    """Raise InvalidSetting for times that no meeting can have."""
    for name, at in (("starts", starts), ("ends", ends)):
        if at is not None and not 0 <= at <= LAST_MOMENT:
            raise InvalidSetting(f"{name} must be Unix seconds before the year 2100 (got {at:.15g}).")
    if starts is not None and ends is not None and starts >= ends:
        raise InvalidSetting("starts must be before ends.")
