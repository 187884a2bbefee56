"""Meetings."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from api.own.schema.fields import Given, MomentOrNone, Shown, says

PATH = {"meeting": "The meeting's id.", "link": "What a link of the meeting ends in.", "file": "What the page loads."}
NOUNS = ("meetings",)
_PIN = "The PIN of those who enter by telephone, 4 to 10 digits; not one that is easy to guess."
_NAME = "Its name, 1 to 64 characters; by default its id."
_LANGUAGE = "The language of what is spoken, as BCP 47, such as en-US or de-DE."
_TIMEZONE = "The zone of IANA in which times are spoken, such as Europe/Berlin."
_WHEN = "Unix seconds, or a date and a time with an offset as ISO 8601; null: none."
_When = float | str | None


class ChangedMeeting(Given, frozen=True, kw_only=True):
    """What changes of a meeting; what is left out stays."""

    name: Annotated[str | UnsetType, says(_NAME)] = UNSET
    starts: Annotated[_When | UnsetType, says(f"When it starts: it is open from 15 minutes before. {_WHEN}")] = UNSET
    ends: Annotated[_When | UnsetType, says(f"When it ends: nobody enters after that. {_WHEN}")] = UNSET
    pin: Annotated[str | UnsetType, says(_PIN, writeOnly=True)] = UNSET
    new_links: Annotated[bool, says("Whether it gets other links: those of before end.")] = False


class NewMeeting(Given, frozen=True, kw_only=True):
    """A meeting to make."""

    name: Annotated[str | None, says(_NAME)] = None
    starts: Annotated[_When, says(f"When it starts: it is open from 15 minutes before. {_WHEN}")] = None
    ends: Annotated[_When, says(f"When it ends: nobody enters after that. {_WHEN}")] = None
    pin: Annotated[str | None, says(f"{_PIN} Null: one is chosen.", writeOnly=True)] = None
    owner: Annotated[
        str | None, says("The user whose meeting it is, by e-mail address or id; by default the one who asks.")
    ] = None
    waits_for_host: Annotated[bool, says("Whether guests wait, with music, until the host is there.")] = False
    language: Annotated[str, says(_LANGUAGE)] = "en-US"
    timezone: Annotated[str, says(_TIMEZONE)] = "UTC"


class Meeting(Shown, frozen=True, kw_only=True):
    """A meeting."""

    id: Annotated[str, says("Its id, 9 digits: also the number of its room.")]
    name: Annotated[str, says(_NAME)]
    link: Annotated[str, says("The link by which guests enter with a browser.")]
    host_link: Annotated[
        str | None,
        says("The link by which its host enters, who can mute and end it; null for a member whose meeting it is not."),
    ]
    numbers: Annotated[tuple[str, ...], says("The account's numbers by which it is entered with its PIN.")]
    starts: MomentOrNone
    ends: MomentOrNone
    owner: Annotated[str | None, says("The e-mail address of the user whose meeting it is; null: the account's.")]
    language: Annotated[str, says(_LANGUAGE)]
    timezone: Annotated[str, says(_TIMEZONE)]
    room: Annotated[str, says("The id of its room, by which those in it are shown, muted and removed.")]
    created: MomentOrNone


class MeetingWithPins(Meeting, frozen=True, kw_only=True):
    """A meeting, and the PINs that were set, which are shown here alone."""

    pin: Annotated[str | None, says("The guests' PIN; only if it was set.")] = None
    host_pin: Annotated[str | None, says("The host's PIN; only if it was set.")] = None


class Meetings(Shown, frozen=True, kw_only=True):
    """An account's meetings."""

    meetings: Annotated[tuple[Meeting, ...], says("The meetings, the oldest first.")]


class Guest(Given, frozen=True, kw_only=True):
    """Who enters a meeting with a browser."""

    name: Annotated[str, says("What the others see; at most 24 bytes of UTF-8 of it, without digits.")] = ""


class Entry(Shown, frozen=True, kw_only=True):
    """What a browser enters a meeting by: it calls the URI over the websocket (RFC 7118), within two minutes."""

    uri: Annotated[str, says("The SIP URI to call.")]
    user: Annotated[str, says("The SIP user to call as.")]
    password: Annotated[str, says("Its password.")]
