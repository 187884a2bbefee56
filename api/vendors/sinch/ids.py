"""Sinch's ids: a call's and a conference's are opaque strings; an application's key and secret have a shape."""

import base64
import re
import secrets
import uuid

DIALECT = "sinch"
"""The dialect's name in the store, in call data and on the command line."""
PRIMARY, FALLBACK = "primary", "fallback"
"""The settings of an application with its callback URLs."""
LONGEST_CONFERENCE = 64
"""«It should not exceed 64 characters.» (Callback API, ConnectConf, conferenceId)"""
_CALL = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def new_application_key() -> str:
    """Return a key as the documents show them: `11983f76-12c8-4111-9515-4785c7b49ca8`."""
    return str(uuid.uuid4())


def new_application_secret() -> str:
    """Return a secret: 16 random bytes in base64, as in the published vector `JViE5vDor0Sw3WllZka15Q==`."""
    return base64.b64encode(secrets.token_bytes(16)).decode()


def issue() -> tuple[str, str]:
    """Return a new application's key and secret."""
    return new_application_key(), new_application_secret()


def is_call(text: str) -> bool:
    """Whether a text can be a call's id at all."""
    return bool(_CALL.fullmatch(text))


def is_conference(text: str) -> bool:
    """Whether a text can name a conference: 1 to 64 printable characters, chosen by the customer."""
    return 0 < len(text) <= LONGEST_CONFERENCE and text.isprintable() and bool(text.strip())
