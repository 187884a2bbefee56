"""Errors in Sinch's manner: `{errorCode, message, reference}`, the HTTP status being the code's first three digits.

The sentences are the document's, operation by operation; a detail that helps follows the sentence after a colon.
"""

import secrets
from enum import Enum

import msgspec
from aiohttp import web

from engine.commands import (
    CallerRefused,
    CommandRefused,
    CreditSpent,
    EngineUnavailable,
    LimitReached,
    NoSuchCall,
    NoSuchConference,
    NumberRefused,
)

ILLEGAL_PARAMETERS = 40001
MISSING_PARAMETER = 40002
INVALID_REQUEST = 40003
BAD_HEADER = 40100
BAD_TIMESTAMP = 40101
BAD_SIGNATURE = 40102
INVALID_CREDENTIALS = 40108
NO_CREDIT = 40200
FORBIDDEN = 40300
WRONG_SCHEME = 40301
NOT_FOUND = 40400
INTERNAL = 50000
UNAVAILABLE = 50300
_JSON = "application/json"

# The codes of the Calling API document («Error Codes») and, from 40100 on, of Sinch's page «Using REST».
_GENERAL = {
    ILLEGAL_PARAMETERS: "Illegal parameters",
    MISSING_PARAMETER: "Missing parameter",
    INVALID_REQUEST: "Invalid request",
    BAD_HEADER: "Invalid Authorization header",
    BAD_TIMESTAMP: "Invalid or missing timestamp",
    BAD_SIGNATURE: "Invalid signature",
    INVALID_CREDENTIALS: "Invalid credentials",
    NO_CREDIT: "Not enough credit",
    FORBIDDEN: "Forbidden destination",
    WRONG_SCHEME: "Invalid authorization scheme for calling the method",
    NOT_FOUND: "Not found",
    40500: "Method not allowed",
    41300: "Request too large",
    41500: "Unsupported media type",
    42900: "Too many requests",
    INTERNAL: "Internal error",
    UNAVAILABLE: "Temporarily unavailable",
}


class SinchOperation(Enum):
    """An operation of the document."""

    GET_NUMBERS = "Get Numbers"
    UPDATE_NUMBERS = "Update Numbers"
    UNASSIGN_NUMBER = "Un-assign Number"
    GET_CALLBACKS = "Get Callbacks"
    UPDATE_CALLBACKS = "Update Callbacks"
    QUERY_NUMBER = "Query Number"
    MANAGE_CALL = "Manage Call"
    GET_CALL = "Get Call Result"
    GET_CONFERENCE = "Get Conference Info"
    COMMAND_PARTICIPANT = "Mute/Unmute Conference Participant"
    KICK_PARTICIPANT = "Kick Conference Participant"
    KICK_ALL = "Kick All Conference Participants"
    CALLOUT = "Callouts"


_NUMBERS = {
    INTERNAL: "Unable to update number",
    ILLEGAL_PARAMETERS: "Unable to update numbers",
    INVALID_REQUEST: "Invalid Application Key",
}
_NO_CALL = {NOT_FOUND: "Call not found"}
_NO_CONFERENCE = {NOT_FOUND: "Conference not found"}
# The «Errors» paragraph of each operation; where it has none, that of its neighbour on the same object.
_TEXTS: dict[SinchOperation, dict[int, str]] = {
    SinchOperation.UPDATE_NUMBERS: _NUMBERS,
    SinchOperation.UNASSIGN_NUMBER: _NUMBERS,
    SinchOperation.GET_CALLBACKS: {INTERNAL: "Unable to get configuration", INVALID_REQUEST: "Invalid Application Key"},
    SinchOperation.UPDATE_CALLBACKS: {
        INTERNAL: "Unable to update configuration",
        INVALID_REQUEST: "Invalid Application Key",
    },
    SinchOperation.QUERY_NUMBER: {ILLEGAL_PARAMETERS: "Invalid number specified"},
    SinchOperation.MANAGE_CALL: _NO_CALL,
    SinchOperation.GET_CALL: _NO_CALL,
    SinchOperation.GET_CONFERENCE: _NO_CONFERENCE,
    SinchOperation.COMMAND_PARTICIPANT: _NO_CONFERENCE,
    SinchOperation.KICK_PARTICIPANT: _NO_CONFERENCE,
    SinchOperation.KICK_ALL: _NO_CONFERENCE,
}


class SinchError(Exception):
    """A request that cannot be served: a code, and the sentence that the customer reads."""

    def __init__(self, code: int, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)

    @property
    def status(self) -> int:
        """The HTTP status: the code's first three digits."""
        return self.code // 100


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What an error answers with; `reference` finds it in our log."""

    error_code: int
    message: str
    reference: str


def sentence(code: int, operation: SinchOperation | None = None) -> str:
    """Return what the document prints for a code, for this operation or in general."""
    own = _TEXTS.get(operation, {}) if operation else {}
    return own.get(code) or _GENERAL.get(code) or _GENERAL[INTERNAL if code >= INTERNAL else INVALID_REQUEST]


def failure(code: int, detail: str = "", operation: SinchOperation | None = None) -> SinchError:
    """Return the error with this code, the document's sentence, and a detail where there is one."""
    printed = sentence(code, operation)
    return SinchError(code, f"{printed}: {detail}" if detail else printed)


def of_status(status: int, detail: str = "") -> SinchError:
    """Return the error for an HTTP status that no operation gave (no such path, too large, our fault)."""
    return failure(status * 100 if status * 100 in _GENERAL else INVALID_REQUEST, detail)


def of_refusal(refusal: CommandRefused, operation: SinchOperation) -> SinchError:
    """Return the error for what the engine refuses; another account's call reads like none."""
    match refusal:
        case NoSuchCall() | NoSuchConference():
            return failure(NOT_FOUND, operation=operation)
        case NumberRefused() | CallerRefused():
            return failure(FORBIDDEN, str(refusal), operation)
        case CreditSpent():
            return failure(NO_CREDIT, str(refusal), operation)
        case LimitReached():
            return failure(42900, str(refusal), operation)
        case EngineUnavailable():
            return failure(UNAVAILABLE, str(refusal), operation)
    return failure(INVALID_REQUEST, str(refusal), operation)


def new_reference() -> str:
    """Return what an error is found again by, in our log and in the customer's."""
    return secrets.token_hex(8)


def body(error: SinchError, reference: str) -> bytes:
    """Return an error as JSON."""
    return msgspec.json.encode(ErrorBody(error_code=error.code, message=error.message, reference=reference))


def render(error: SinchError, reference: str) -> web.Response:
    """Return an error as a response."""
    headers = {"Retry-After": "1"} if error.status in (429, 503) else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Application realm="calling", Basic realm="calling"'  # RFC 9110 §15.5.2
    return web.Response(status=error.status, body=body(error, reference), content_type=_JSON, headers=headers)
