"""What the operations take (Calling API document); scripts and callouts are in instructions.py and callouts.py.

Each reader returns a frozen value or raises SinchError with the operation's own codes and sentences.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar
from urllib.parse import unquote

import msgspec

from api.callbacks.callback import BadAddress, address
from api.vendors.sinch.errors import (
    ILLEGAL_PARAMETERS,
    INVALID_REQUEST,
    MISSING_PARAMETER,
    NOT_FOUND,
    SinchOperation,
    failure,
)
from api.vendors.sinch.fields import BadField, Fields, Illegal, Malformed, Missing, decode
from api.vendors.sinch.ids import is_call, is_conference
from api.vendors.sinch.script import limits
from api.vendors.sinch.script.actions import ScriptEvent
from api.vendors.sinch.script.instructions import of_fields
from api.vendors.sinch.script.svaml import Leg, Svaml
from engine.features.errors import InvalidNumber
from engine.features.numbers.phone_numbers import normalise

T = TypeVar("T")
_KEYS = ("applicationkey", "applicationKey", "application_key")  # compared without case and underscores
_CUSTOM_HEADER = "x-cb-"
MOST_CUSTOM_HEADERS, LONGEST_CUSTOM_KEY, LONGEST_CUSTOM_VALUE = 5, 32, 128  # public API reference, X-CB-*


class WrittenNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A number: as the customer wrote it, and its international digits."""

    written: str
    digits: str


class UpdateNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """Assign numbers to an application; `application` None: the one whose key signed the request."""

    numbers: tuple[WrittenNumber, ...]
    application: str | None
    capability: str


class UnassignNumber(msgspec.Struct, frozen=True, kw_only=True):
    """Un-assign a number; `application` None: the one whose key signed the request."""

    number: WrittenNumber
    application: str | None
    capability: str


class UpdateCallbacks(msgspec.Struct, frozen=True, kw_only=True):
    """Set an application's callback URLs; None: there is none."""

    application: str
    primary: str | None
    fallback: str | None


class ManageCall(msgspec.Struct, frozen=True, kw_only=True):
    """Play to a call in progress and optionally do something with it."""

    call: str
    answer: Svaml


class CommandParticipant(msgspec.Struct, frozen=True, kw_only=True):
    """Do something with a conference's participant: mute, unmute, onhold or resume."""

    conference: str
    call: str
    command: str
    music: str | None


COMMANDS = frozenset({"mute", "unmute", "onhold", "resume"})
_COMMAND_ALIASES = {"hold": "onhold", "unhold": "resume"}  # as clients have written them


def update_numbers(body: bytes, country: str) -> UpdateNumbers:
    """Read Update Numbers. «If empty, the application key that is used to sign the request will be used.»"""

    def read() -> UpdateNumbers:
        fields = decode(body)
        written = fields.texts("numbers", "number", most=limits.MOST_NUMBERS)
        if not written:
            raise Missing("numbers is missing.")
        return UpdateNumbers(
            numbers=tuple(_number(text, "numbers", country) for text in written),
            application=fields.text_or_none(*_KEYS),
            capability=_capability(fields),
        )

    return _reading(read, SinchOperation.UPDATE_NUMBERS, missing=ILLEGAL_PARAMETERS)


def unassign_number(body: bytes, country: str) -> UnassignNumber:
    """Read Un-assign Number, a DELETE with a body."""

    def read() -> UnassignNumber:
        fields = decode(body)
        return UnassignNumber(
            number=_number(fields.text("number", most=64), "number", country),
            application=fields.text_or_none(*_KEYS),
            capability=_capability(fields),
        )

    return _reading(read, SinchOperation.UNASSIGN_NUMBER, missing=ILLEGAL_PARAMETERS)


def update_callbacks(application: str, body: bytes) -> UpdateCallbacks:
    """Read Update Callbacks; an absent or empty URL takes the one there was away."""

    def read() -> UpdateCallbacks:
        url = decode(body).inner("url")
        return UpdateCallbacks(application=application, primary=_url(url, "primary"), fallback=_url(url, "fallback"))

    return _reading(read, SinchOperation.UPDATE_CALLBACKS, illegal=ILLEGAL_PARAMETERS, missing=MISSING_PARAMETER)


def query_number(path_part: str, country: str) -> WrittenNumber:
    """Read the number of Query Number from its (encoded) part of the path, e.g. `+46(0)73-017-0101`."""
    return _reading(
        lambda: _number(unquote(path_part).strip()[:64], "number", country),
        SinchOperation.QUERY_NUMBER,
        malformed=ILLEGAL_PARAMETERS,
    )


def call_id(text: str, operation: SinchOperation = SinchOperation.GET_CALL) -> str:
    """Read a call's id from the path; one that cannot be one is not found."""
    if not is_call(text):
        raise failure(NOT_FOUND, operation=operation)
    return text


def conference_id(text: str, operation: SinchOperation = SinchOperation.GET_CONFERENCE) -> str:
    """Read a conference's id from the path; one that cannot be one is not found."""
    if not is_conference(text):
        raise failure(NOT_FOUND, operation=operation)
    return text


def manage_call(call: str, body: bytes, country: str, *, leg: str = "caller", parked: bool = False) -> ManageCall:
    """Read Manage Call. «The message, if specified, is played only on the caller side» where no leg is named."""

    def read() -> ManageCall:
        if leg.lower() not in set(Leg):
            raise Illegal("The leg must be caller, callee or both.")
        event = ScriptEvent.UNPARK if parked else ScriptEvent.PATCH
        return ManageCall(call=call, answer=of_fields(decode(body), event, country, Leg(leg.lower())))

    call_id(call, SinchOperation.MANAGE_CALL)
    return _reading(read, SinchOperation.MANAGE_CALL, illegal=INVALID_REQUEST, missing=INVALID_REQUEST)


def command_participant(conference: str, call: str, body: bytes) -> CommandParticipant:
    """Read a conference command: «mute» or «unmute»; «onhold» and «resume» are in the public reference."""

    def read() -> CommandParticipant:
        fields = decode(body)
        fields.text("command")
        command = fields.word("command") or ""
        command = _COMMAND_ALIASES.get(command, command)
        if command not in COMMANDS:
            raise Illegal("command must be mute, unmute, onhold or resume.")
        music = fields.word("moh")
        return CommandParticipant(
            conference=conference,
            call=call,
            command=command,
            music=music if music in limits.MUSIC else None,
        )

    conference_id(conference, SinchOperation.COMMAND_PARTICIPANT)
    call_id(call, SinchOperation.COMMAND_PARTICIPANT)
    return _reading(read, SinchOperation.COMMAND_PARTICIPANT, missing=MISSING_PARAMETER)


def custom_headers(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the X-CB-* headers that events of the call carry; raises SinchError 40001 for one that they cannot."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    found: dict[str, str] = {}
    for name, value in pairs:
        if name.lower().startswith(_CUSTOM_HEADER):
            _check_custom_header(name, value)
            found.setdefault(name, value)
    if len(found) > MOST_CUSTOM_HEADERS:
        detail = f"at most {MOST_CUSTOM_HEADERS} X-CB- headers may be given (got {len(found)})."
        raise failure(ILLEGAL_PARAMETERS, detail, SinchOperation.CALLOUT)
    return found


def _check_custom_header(name: str, value: str) -> None:
    """Refuse what would not arrive as it was sent: bytes that are not UTF-8 are kept by aiohttp as half characters."""
    fault = ""
    if len(name) > LONGEST_CUSTOM_KEY:
        fault = f"must have a name of at most {LONGEST_CUSTOM_KEY} characters."
    elif len(value) > LONGEST_CUSTOM_VALUE:
        fault = f"must have at most {LONGEST_CUSTOM_VALUE} characters."
    elif not value.isprintable():
        fault = "must be printable text in UTF-8."
    if fault:
        raise failure(ILLEGAL_PARAMETERS, f"{name[:LONGEST_CUSTOM_KEY]} {fault}", SinchOperation.CALLOUT)


def _reading(
    read: Callable[[], T],
    operation: SinchOperation,
    *,
    illegal: int = ILLEGAL_PARAMETERS,
    missing: int = MISSING_PARAMETER,
    malformed: int = INVALID_REQUEST,
) -> T:
    """Return what is read; a field that is wrong becomes this operation's error."""
    try:
        return read()
    except Malformed as error:
        # «40003» of these operations is about the application's key; a body that is no JSON is general.
        raise failure(malformed, str(error)) from None
    except Missing as error:
        raise failure(missing, str(error), operation) from None
    except BadField as error:
        raise failure(illegal, str(error), operation) from None


def _number(text: str, name: str, country: str) -> WrittenNumber:
    try:
        return WrittenNumber(written=text, digits=normalise(text, country))
    except InvalidNumber as error:
        raise Illegal(f"{name} must contain telephone numbers only. {error}") from None


def _capability(fields: Fields) -> str:
    capability = fields.word("capability") or limits.CAPABILITY
    if capability not in limits.CAPABILITIES:
        raise Illegal("capability must be voice or sms.")
    return capability


def _url(fields: Fields, name: str) -> str | None:
    url = fields.text_or_none(name, most=limits.LONGEST_URL)
    if url is not None:
        try:
            address(url)
        except BadAddress as error:
            raise Illegal(f"{fields.name_of(name)} cannot be used. {error}") from None
    return url
