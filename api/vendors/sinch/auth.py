"""Who asks: an application that signed its request, or basic authentication with its key and secret.

The rules are those of Sinch's page «Using REST» («Application signed request», «Basic authorization»); what the
published clients vary is taken in every variant.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import unquote

from api.accounts import Accounts
from api.guess_throttle import ShownCredential
from api.vendors.sinch.errors import (
    BAD_HEADER,
    BAD_SIGNATURE,
    BAD_TIMESTAMP,
    INVALID_CREDENTIALS,
    WRONG_SCHEME,
    SinchError,
    failure,
)
from api.vendors.sinch.ids import DIALECT
from api.vendors.sinch.signing import signature, string_to_sign
from engine.features.accounts import Account
from engine.features.applications.model import Application

REPLAY_SECONDS = 900.0
"""How far a request's time may be from ours: «not too old», and no number is given; 15 minutes are our reading."""
_BASIC_PREFIX = "application\\"  # the vendor's libraries of 2015 and 2016 write it before the key
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII)
_LONGEST_HEADER = 1024


class Incoming(NamedTuple):
    """A request as it came: `target` is the request line's, percent-encoded, with its query."""

    method: str
    target: str
    authorization: str
    timestamp: str
    content_type: str
    body: bytes


class Requester(NamedTuple):
    """Whose request it is, and which application's key was shown."""

    account: Account
    application: Application
    key: str


class Signed(NamedTuple):
    """What `Application KEY:SIGNATURE` says."""

    key: str
    signature: str


class Basic(NamedTuple):
    """What `Basic …` says."""

    key: str
    secret: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthPolicy:
    """How old a request may be (seconds, either way), and the paths that a proxy or a base URL puts before ours."""

    replay_seconds: float = REPLAY_SECONDS
    prefixes: Sequence[str] = ()


async def authenticate(accounts: Accounts, request: Incoming, now: float, policy: AuthPolicy) -> Requester:
    """Return whose request this is (`now`: Unix seconds).

    Raises SinchError: 40100 without a readable header, 40301 for a scheme other than the two, 40101 for its time,
    40108 for an unknown key or a wrong basic secret, 40102 for a wrong signature.
    """
    shown = read_header(request.authorization)
    if isinstance(shown, Signed):
        check_time(request.timestamp, now, policy.replay_seconds)
    holder = await accounts.by_key(DIALECT, shown.key)
    if holder is None or holder.application is None:
        raise failure(INVALID_CREDENTIALS)
    if isinstance(shown, Basic):
        if not hmac.compare_digest(shown.secret.encode(), holder.secret.encode()):
            raise failure(INVALID_CREDENTIALS)
    elif not fits(shown.signature, request, holder.secret, policy.prefixes):
        raise failure(BAD_SIGNATURE)
    return Requester(holder.account, holder.application, shown.key)


def read_header(text: str) -> Signed | Basic:
    """Read an Authorization header; raises SinchError 40100 or 40301."""
    scheme, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if not scheme or len(text) > _LONGEST_HEADER:
        raise failure(BAD_HEADER)
    match scheme.lower():
        case "application":
            return _signed(rest)
        case "basic":
            return _basic(rest)
    raise failure(WRONG_SCHEME)


def _signed(rest: str) -> Signed:
    key, colon, signature = (part.strip() for part in rest.partition(":"))
    if not key:
        raise failure(BAD_HEADER)
    if not colon:
        # «Application KEY» alone is for public resources; no operation is one.
        raise failure(WRONG_SCHEME)
    if not signature:
        raise failure(BAD_HEADER)
    return Signed(key, signature)


def _basic(rest: str) -> Basic:
    try:
        text = base64.b64decode(rest, validate=True).decode()
    except (binascii.Error, ValueError):
        raise failure(BAD_HEADER) from None
    if text.lower().startswith(_BASIC_PREFIX):
        text = text[len(_BASIC_PREFIX) :]
    key, colon, secret = text.partition(":")
    if not key or not colon:
        raise failure(BAD_HEADER)
    return Basic(key, secret)


def shown(text: str) -> ShownCredential | None:
    """Return the credential in an Authorization header, for its guesses to be counted; None: there is none in it."""
    try:
        read = read_header(text)
    except SinchError:
        return None
    return ShownCredential(DIALECT, f"{read.key}:{read.secret}" if isinstance(read, Basic) else read.key, read.key)


def is_wrong(error: Exception) -> bool:
    """Whether an error says that the credential was wrong."""
    return isinstance(error, SinchError) and error.code in (BAD_SIGNATURE, INVALID_CREDENTIALS)


def check_time(text: str, now: float, window: float) -> None:
    """Refuse a request that is older or newer than `window` seconds; raises SinchError 40101."""
    at = read_time(text)
    if at is None or abs(now - at) > window:
        raise failure(BAD_TIMESTAMP)


def read_time(text: str) -> float | None:
    """Return Unix seconds of an ISO 8601 time in any of the clients' spellings; without a zone it is UTC."""
    if not _TIME.fullmatch(text.strip()):
        return None
    try:
        read = datetime.fromisoformat(text.strip().upper())
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def fits(given: str, request: Incoming, secret: str, prefixes: Sequence[str] = ()) -> bool:
    """Whether a signature is right for any way in which a client may have seen the path; in constant time."""
    found = False
    for path in paths(request.target, prefixes):
        text = string_to_sign(request.method, request.body, request.content_type, request.timestamp, path)
        found |= hmac.compare_digest(signature(secret, text).encode(), given.encode("utf-8", "replace"))
    return found


def paths(target: str, prefixes: Sequence[str] = ()) -> list[str]:
    """Return the spellings of a request's path that clients sign.

    As sent (.NET's AbsolutePath), decoded (Java), and with the query (the npm package sinch-request); each also
    without a prefix that an overridden base URL has (JavaScript, Python).
    """
    target = target.partition("#")[0]
    path = target.partition("?")[0]
    spelled = [path, unquote(path, errors="replace"), target]
    for prefix in (prefix.rstrip("/") for prefix in prefixes):
        spelled += [text[len(prefix) :] for text in spelled if prefix and text.startswith(f"{prefix}/")]
    return list(dict.fromkeys(spelled))
