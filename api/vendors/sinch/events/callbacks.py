"""Sinch's events: their bodies, field by field (Callback API page), and the signature of each request.

`callid` is spelled so in the bodies, against the page's text. Cookies travel in every event after the answer that set
them; `callResourceUrl`, `applicationKey` beyond ICE and `cookies` are in the vendor's client libraries only.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from api.vendors.sinch.http.resources import Identity, Money
from engine.tasks.results import Detected

VERSION = 1
ILLEGAL_SVAML = 40001
INTERNAL_ERROR = 50000


class MenuEnding(StrEnum):
    """How a menu ended (Callback API, PIE, type), in the spelling of the vendor's clients."""

    RETURN = "return"
    SEQUENCE = "sequence"
    TIMEOUT = "timeout"
    HANGUP = "hangup"
    INVALID_INPUT = "invalidinput"
    ERROR = "error"


class Pair(msgspec.Struct, frozen=True):
    """A cookie or a call header."""

    key: str
    value: str


class Amd(msgspec.Struct, frozen=True, kw_only=True):
    """Who answered: machine, human, notsure or hangup; why; after how many seconds."""

    status: str
    reason: str
    duration: int


class MenuResult(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a menu brought; `inputMethod` is dtmf or voice."""

    menu_id: str
    type: MenuEnding
    value: str
    input_method: str = "dtmf"


class CallEvent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What every event of a call has; a field that is UNSET is left out."""

    callid: str
    version: int = VERSION


class Ice(CallEvent, frozen=True, kw_only=True, tag_field="event", tag="ice"):
    """Incoming call: what shall be done with it?"""

    timestamp: str
    custom: str = ""
    user: str | UnsetType = UNSET
    user_rate: Money
    cli: str
    to: Identity
    domain: str
    application_key: str
    origination_type: str
    duration: int = 0
    rdnis: str | UnsetType = UNSET
    call_headers: tuple[Pair, ...] = ()
    call_resource_url: str | UnsetType = UNSET


class Ace(CallEvent, frozen=True, kw_only=True, tag_field="event", tag="ace"):
    """Answered: what shall be done now?"""

    timestamp: str
    custom: str = ""
    user: str | UnsetType = UNSET
    application_key: str
    amd: Amd | UnsetType = UNSET
    cookies: tuple[Pair, ...] | UnsetType = UNSET


class Dice(CallEvent, frozen=True, kw_only=True, tag_field="event", tag="dice"):
    """Disconnected. `from` is a text here, and `duration` is there only for a call that was answered."""

    timestamp: str
    reason: str
    result: str
    custom: str = ""
    user: str | UnsetType = UNSET
    debit: Money
    user_rate: Money
    to: Identity
    duration: int | UnsetType = UNSET
    from_: str = msgspec.field(name="from", default="")
    call_headers: tuple[Pair, ...] | UnsetType = UNSET
    application_key: str
    cookies: tuple[Pair, ...] | UnsetType = UNSET


class Pie(CallEvent, frozen=True, kw_only=True, tag_field="event", tag="pie"):
    """A menu ended: what shall be done now?"""

    timestamp: str
    custom: str | UnsetType = UNSET
    application_key: str
    menu_result: MenuResult
    cookies: tuple[Pair, ...] | UnsetType = UNSET


class Notify(CallEvent, frozen=True, kw_only=True, tag_field="event", tag="notify"):
    """Something to know: recording_finished, recording_available, callingerror, amd, amd_beep."""

    type: str
    custom: str | UnsetType = UNSET
    conference_id: str | UnsetType = UNSET
    destination: str | UnsetType = UNSET
    amd: Amd | UnsetType = UNSET
    error_code: int | UnsetType = UNSET
    error_msg: str | UnsetType = UNSET
    user: str | UnsetType = UNSET
    cookies: tuple[Pair, ...] | UnsetType = UNSET


AnyBody = Ice | Ace | Dice | Pie | Notify


def pairs(values: Iterable[tuple[str, str]]) -> tuple[Pair, ...]:
    """Return cookies or call headers as events carry them."""
    return tuple(Pair(key, value) for key, value in values)


def cookies(values: Iterable[tuple[str, str]]) -> tuple[Pair, ...] | UnsetType:
    """Return cookies as events carry them; none are left out."""
    return pairs(values) or UNSET


def illegal_svaml(call: str, reason: str) -> Notify:
    """Return the notification of a script that could not be followed: `callingerror`, 40001."""
    return Notify(
        callid=call,
        type="callingerror",
        error_code=ILLEGAL_SVAML,
        error_msg=f"Illegal SVAML: {reason}",
    )


def recording_finished(call: str) -> Notify:
    """Return the notification that a recording was stopped."""
    return Notify(callid=call, type="recording_finished")


def recording_available(call: str, url: str) -> Notify:
    """Return the notification that a recording's file can be fetched at `url`."""
    return Notify(callid=call, type="recording_available", destination=url)


def detected(call: str, amd: Amd) -> Notify:
    """Return the notification of who answered, where it was found out beside the call."""
    return Notify(callid=call, type="amd", amd=amd)


def amd_of(found: Detected) -> Amd:
    """Return a detection as the document's `amd`; its reason is "n/a" if the engine knows none."""
    return Amd(status=found.status, reason=found.reason or "n/a", duration=round(found.seconds))


def encode(event: AnyBody) -> bytes:
    """Return an event as the bytes that are signed and sent."""
    return msgspec.json.encode(event)


def shown(event: AnyBody) -> AnyBody:
    """Return an event as it is kept: of keys pressed in a menu, where they are not an option of it, only how many.

    They may be a PIN or the number of a card, and no field says that they are.
    """
    if not isinstance(event, Pie) or event.menu_result.type is MenuEnding.RETURN:
        return event
    result = msgspec.structs.replace(event.menu_result, value="*" * len(event.menu_result.value))
    return msgspec.structs.replace(event, menu_result=result)


def plain(event: AnyBody) -> dict[str, Any]:
    """Return an event as the JSON object that a customer reads."""
    read: dict[str, Any] = msgspec.json.decode(encode(event))
    return read
