"""The `code` of each error of our own API, on which programs may rely; the sentence beside it may change.

Codes are written here and not derived from the names of classes, so that renaming a class changes nothing for
customers. docs/api.md lists all codes. Those of a capability's own are among its rooms.
"""

import msgspec
from aiohttp import web

from api.bodies import BodyError, BodyTooLarge
from api.callbacks.delivery import NoSuchDelivery
from api.lab import LabError
from api.own.features import registry
from engine import commands
from engine.ari.errors import AriError
from engine.features import errors as features
from engine.features.applications.errors import ApplicationInvalid
from engine.features.errors import StoreConflict, StoreError
from engine.features.users import errors as users
from engine.media import PromptError
from engine.media.recordings import RecordingDamaged, RecordingError

INTERNAL, BAD_REQUEST, NOT_FOUND = "internal", "bad_request", "not_found"
UNAUTHORIZED, TOKEN, FORBIDDEN = "unauthorized", "token", "forbidden"

_CODES: dict[type[BaseException], str] = {
    commands.NoSuchCall: "no_such_call",
    commands.NoSuchConference: "no_such_conference",
    commands.NoSuchTask: "no_such_task",
    commands.NoSuchQuestion: "no_such_question",
    commands.NumberRefused: "number_refused",
    commands.NoSuchExtension: "no_such_extension",
    commands.CallerRefused: "caller_refused",
    commands.LimitReached: "limit_reached",
    commands.CreditSpent: "credit_spent",
    commands.EngineUnavailable: "engine_unavailable",
    commands.CommandRefused: "refused",
    features.InvalidNumber: "invalid_number",
    ApplicationInvalid: BAD_REQUEST,
    features.InvalidSetting: "invalid_setting",
    features.RatesInvalid: "invalid_rates",
    features.AlreadyThere: "already_exists",
    features.NotThere: NOT_FOUND,
    features.StillUsed: "still_used",
    features.NotProvisioned: "not_provisioned",
    users.LastOwner: "last_owner",
    users.NotPermitted: FORBIDDEN,
    users.SignInRefused: UNAUTHORIZED,
    features.FeatureError: "invalid_setting",
    NoSuchDelivery: "no_such_callback",
    StoreConflict: "conflict",
    StoreError: "database_unavailable",
    RecordingDamaged: "recording_damaged",
    RecordingError: "recording_missing",
    LabError: "lab_failed",
    AriError: "asterisk_failed",
    BodyTooLarge: "too_large",
    BodyError: BAD_REQUEST,
    msgspec.DecodeError: BAD_REQUEST,
    web.HTTPException: "http",
}


def code_of(error: BaseException) -> str:
    """Return an error's code: a prompt's own reason, or `internal` if the error is not in the table."""
    if isinstance(error, PromptError):
        return error.reason
    own = getattr(error, "code", None)
    if isinstance(own, str):
        return own
    if shown := registry.error_of(error):
        return shown[1]
    return next((_CODES[kind] for kind in type(error).__mro__ if kind in _CODES), INTERNAL)
