"""What is kept of a file."""

import msgspec

from engine.features.errors import FeatureError

PREFIX = "file"
MOST = 10_000
"""Files of an account."""
MOST_BYTES = 20_000_000
"""Of one file."""
MOST_BYTES_OF_ACCOUNT = 2_000_000_000
LONGEST_NAME = 200


class TooManyFiles(FeatureError):
    """The account has as many files as it may have, or as many bytes."""


class NewFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file to keep. `uploaded_name` is what it was called where it comes from; `media_type` what it is said to be."""

    uploaded_name: str
    media_type: str = "application/octet-stream"
    name: str = ""
    description: str = ""
    by: str = ""


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file; `digest` is the SHA-256 of its bytes, in hex. `by`: the user who uploaded it, "" for the account."""

    id: str
    account: str
    name: str
    description: str
    uploaded_name: str
    media_type: str
    bytes: int
    digest: str
    by: str
    created: float
