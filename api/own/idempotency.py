"""The header Idempotency-Key: a request that is sent again, such as after a timeout, is carried out once.

Its name and use are those of draft-ietf-httpapi-idempotency-key-header-07, with an unquoted value allowed.
"""

import re
from hashlib import sha256
from typing import Annotated

import msgspec
from aiohttp import web

from api.own.errors import BadRequest
from api.own.operations import Parameter
from api.own.schema.fields import says
from engine.commands.once import Once

NAME = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
HEADER = Parameter(
    name=NAME,
    kind=Annotated[
        str,
        says(
            "A name of the caller's own for this request, 1 to 255 visible ASCII characters. If the same request comes "
            "again with it within 24 hours, the answer is the same and nothing is done again."
        ),
    ],
)


def once_of(request: web.Request, wanted: msgspec.Struct) -> Once | None:
    """Return what names a request whose body was read as `wanted`; None: nothing does. Raises BadRequest."""
    key = request.headers.get(NAME)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise BadRequest(f"{NAME} must be 1 to 255 visible ASCII characters (got {len(key)} characters).")
    return Once(key=key, digest=sha256(msgspec.json.encode(wanted, order="deterministic")).hexdigest())
