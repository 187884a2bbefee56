"""What rooms are: plain types."""

import re
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from engine.conferences.phrases import LANGUAGES
from engine.features.errors import FeatureError, InvalidSetting
from engine.model.conference_rules import Announcing, ConferenceRules

_NUMBER = re.compile(r"[0-9]{1,9}")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,64}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MUSIC = re.compile(r"[\w-]{0,64}", re.ASCII)
PREFIXES = "*#0123456789"
MOST_PARTICIPANTS = 500
LAST_MOMENT = 4_102_444_800.0
"""2100-01-01T00:00:00Z: no room opens or closes later."""


class TooManyRooms(FeatureError):
    """The account has as many rooms as it may have."""


class RoomSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How conferences in a room go; see engine.model.conference_rules.ConferenceRules.

    `locked` and `muted` are how each conference begins. Callers get in from `opens` to `closes` (Unix seconds; None:
    no limit), which are spoken in `timezone` (IANA). At `closes` a conference ends, unless it is `lasting`. Each is
    checked when it is made: raises InvalidSetting.
    """

    waits_for_admin: bool = True
    ends_with_admin: bool = True
    announces: Announcing = Announcing.TONE
    music: str = "default"
    locked: bool = False
    muted: bool = False
    most: int = 0
    prefix: str = "*"
    language: str = "en-US"
    timezone: str = "UTC"
    opens: float | None = None
    closes: float | None = None
    lasting: bool = False

    def checked(self) -> "RoomSettings":
        """Return them; raises InvalidSetting."""
        if not 0 <= self.most <= MOST_PARTICIPANTS:
            raise InvalidSetting(f"most must be 0 to {MOST_PARTICIPANTS} (got {self.most}); 0 is no limit.")
        if len(self.prefix) != 1 or self.prefix not in PREFIXES:
            raise InvalidSetting(f"prefix must be one key, such as * or # (got {self.prefix[:16]!r}).")
        language = self.language.partition("-")[0].lower()
        if not _LANGUAGE.fullmatch(self.language) or language not in LANGUAGES:
            raise InvalidSetting(
                f"language must be one that rooms speak, such as en-US or de-DE (got {self.language[:32]!r}); "
                f"there are: {', '.join(LANGUAGES)}."
            )
        if not _MUSIC.fullmatch(self.music):
            raise InvalidSetting(f"music must be a class of music on hold, such as default (got {self.music[:64]!r}).")
        if self.timezone not in available_timezones():
            raise InvalidSetting(f"timezone must be of IANA's, such as Europe/Berlin (got {self.timezone[:64]!r}).")
        for name, at in (("opens", self.opens), ("closes", self.closes)):
            if at is not None and not 0 <= at <= LAST_MOMENT:
                raise InvalidSetting(f"{name} must be Unix seconds before the year 2100 (got {at:.15g}).")
        if self.opens is not None and self.closes is not None and self.opens >= self.closes:
            raise InvalidSetting("opens must be before closes.")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are spoken."""
        return ZoneInfo(self.timezone)

    @property
    def rules(self) -> ConferenceRules:
        """The rules of a conference that begins now."""
        given = {name: getattr(self, name) for name in ConferenceRules.__struct_fields__}
        return ConferenceRules(**given | ({"closes": None} if self.lasting else {}))


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A room of an account. The conference in it has the room's id as its name. `number` is digits, unique within the
    account; `created` is Unix seconds.
    """

    id: str
    account: str
    number: str
    name: str
    settings: RoomSettings
    created: float


class NewRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A room to make. A number and PINs that are not given are chosen at random; the name is then the number.

    `easy_pins`: PINs that are guessed first, such as 12345, are taken too.
    """

    number: str | None = None
    name: str | None = None
    pin: str | None = None
    admin_pin: str | None = None
    settings: RoomSettings = RoomSettings()
    easy_pins: bool = False


class RoomChange(msgspec.Struct, frozen=True, kw_only=True):
    """What changes of a room; None leaves it. `settings` has the fields that change, by name."""

    name: str | None = None
    pin: str | None = None
    admin_pin: str | None = None
    settings: dict[str, object] = {}


class WithPins(msgspec.Struct, frozen=True, kw_only=True):
    """A room with the PINs that were set; None: unchanged. They are never shown again."""

    room: Room
    pin: str | None = None
    admin_pin: str | None = None


def checked_number(text: str) -> str:
    """Return a room's number; raises InvalidSetting."""
    if not _NUMBER.fullmatch(text):
        raise InvalidSetting(f"A room's number must be 1 to 9 digits (got {text[:32]!r}).")
    return text


def checked_name(text: str) -> str:
    """Return a room's name; raises InvalidSetting."""
    if not _NAME.fullmatch(text):
        raise InvalidSetting(f"A room's name must have 1 to 64 characters (got {text[:80]!r}).")
    return text
