"""Rooms, and who is in them."""

from typing import Annotated, Literal

from msgspec import UNSET, UnsetType

from api.own.schema.fields import Given, MomentOrNone, Shown, says

PATH = {"room": "The room's id, or its number.", "call": "The id of a participant's call."}
NOUNS = ("rooms",)
PIN = (
    "4 to 10 digits, and one more for each tenfold of rooms; not one digit repeated and not digits in order; unique "
    "within the account."
)
ANNOUNCES = "What those in it hear when one comes or leaves: nothing, a tone, or the name of the extension or number."
_When = Annotated[
    float | str | UnsetType | None,
    says("Unix seconds, or a date and a time with an offset as ISO 8601; null: no limit."),
]
_WAITS = "Whether participants wait, with music, until an admin has entered."
_ENDS = "Whether the conference ends for all when its last admin leaves."
_MUSIC = "The class of music on hold that is heard while waiting and alone; empty: silence."
_LOCKED = "Whether a conference begins locked: only admins get in."
_MUTED = "Whether a conference begins with all but its admins muted."
_MOST = "How many may be in it, admins counted, who always get in; 0: any number."
_PREFIX = "The key before each key that does something, such as *."
_LANGUAGE = "The language of what is spoken, as BCP 47, such as en-US or de-DE."
_LASTING = "Whether a conference goes on after `closes`; else it ends for all then."
_TIMEZONE = "The zone of IANA in which times are spoken, such as Europe/Berlin."


class ChangedRoom(Given, frozen=True, kw_only=True):
    """What changes of a room; what is left out stays."""

    name: Annotated[str | UnsetType, says("Its name, 1 to 64 characters; by default its number.")] = UNSET
    pin: Annotated[str | UnsetType, says(f"The participants' PIN: {PIN}", writeOnly=True)] = UNSET
    admin_pin: Annotated[str | UnsetType, says(f"The admins' PIN, another one: {PIN}", writeOnly=True)] = UNSET
    waits_for_admin: Annotated[bool | UnsetType, says(_WAITS)] = UNSET
    ends_with_admin: Annotated[bool | UnsetType, says(_ENDS)] = UNSET
    announces: Annotated[Literal["nothing", "tone", "name"] | UnsetType, says(ANNOUNCES)] = UNSET
    music: Annotated[str | UnsetType, says(_MUSIC)] = UNSET
    locked: Annotated[bool | UnsetType, says(_LOCKED)] = UNSET
    muted: Annotated[bool | UnsetType, says(_MUTED)] = UNSET
    most: Annotated[int | UnsetType, says(_MOST, minimum=0, maximum=500)] = UNSET
    prefix: Annotated[str | UnsetType, says(_PREFIX)] = UNSET
    language: Annotated[str | UnsetType, says(_LANGUAGE)] = UNSET
    timezone: Annotated[str | UnsetType, says(_TIMEZONE)] = UNSET
    opens: _When = UNSET
    closes: _When = UNSET
    lasting: Annotated[bool | UnsetType, says(_LASTING)] = UNSET


class NewRoom(ChangedRoom, frozen=True, kw_only=True):
    """A room to make. A number and PINs that are left out are chosen at random."""

    number: Annotated[str | None, says("Its number, 1 to 9 digits, unique within the account.")] = None


class Room(Shown, frozen=True, kw_only=True):
    """A room."""

    id: Annotated[str, says("Its id.")]
    number: Annotated[str, says("Its number, unique within the account.")]
    name: Annotated[str, says("Its name.")]
    waits_for_admin: Annotated[bool, says(_WAITS)]
    ends_with_admin: Annotated[bool, says(_ENDS)]
    announces: Annotated[str, says(ANNOUNCES)]
    music: Annotated[str, says(_MUSIC)]
    locked: Annotated[bool, says(_LOCKED)]
    muted: Annotated[bool, says(_MUTED)]
    most: Annotated[int, says(_MOST)]
    prefix: Annotated[str, says(_PREFIX)]
    language: Annotated[str, says(_LANGUAGE)]
    timezone: Annotated[str, says(_TIMEZONE)]
    opens: MomentOrNone
    closes: MomentOrNone
    lasting: Annotated[bool, says(_LASTING)]
    created: MomentOrNone


class RoomWithPins(Room, frozen=True, kw_only=True):
    """A room, and the PINs that were set, which are shown here alone."""

    pin: Annotated[str | None, says("The participants' PIN; only if it was set.")] = None
    admin_pin: Annotated[str | None, says("The admins' PIN; only if it was set.")] = None


class Rooms(Shown, frozen=True, kw_only=True):
    """An account's rooms."""

    rooms: Annotated[tuple[Room, ...], says("The rooms by number.")]


class RoomParticipant(Shown, frozen=True, kw_only=True):
    """One who is in a room."""

    call: Annotated[str, says("The id of its call.")]
    number: Annotated[str, says("Its number or extension.")]
    admin: Annotated[bool, says("Whether it leads the conference.")]
    muted: Annotated[bool, says("Whether the others do not hear it.")]
    joined: MomentOrNone


class RoomParticipants(Shown, frozen=True, kw_only=True):
    """Who is in a room now."""

    conference: Annotated[str | None, says("The id of the conference; null: there is none now.")]
    locked: Annotated[bool, says("Whether only admins get in now.")]
    muted: Annotated[bool, says("Whether all but the admins are muted now.")]
    participants: Annotated[tuple[RoomParticipant, ...], says("In the order in which they joined.")]


class LockedRoom(Given, frozen=True, kw_only=True):
    """Whether the conference that goes on is locked."""

    locked: Annotated[bool, says("True: only admins get in from now on.")]


class MutedParticipants(Given, frozen=True, kw_only=True):
    """Who is muted."""

    muted: Annotated[bool, says("True: not heard by the others from now on.")]
