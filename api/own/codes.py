"""The `code` of each error of our own API: a word that a program may rely on, whatever the sentence beside it says.

A code is written here and nowhere made of a class's name, so that renaming one changes nothing for a customer.
docs/api.md lists them all.
"""

import msgspec
from aiohttp import web

from api.bodies import BodyError, BodyTooLarge
from api.callbacks.delivery import NoSuchDelivery
from api.lab import LabError
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
    """Return an error's code; a prompt's error has its own, and what is not known here is `internal`."""
    if isinstance(error, PromptError):
        return error.reason
    own = getattr(error, "code", None)
    if isinstance(own, str):
        return own
    return next((_CODES[kind] for kind in type(error).__mro__ if kind in _CODES), INTERNAL)


def all_codes() -> frozenset[str]:
    """Every code but those of prompts, which are the reasons of engine.media.errors."""
    return frozenset({*_CODES.values(), INTERNAL, UNAUTHORIZED, TOKEN, FORBIDDEN})
