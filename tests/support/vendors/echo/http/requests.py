"""What its operations take."""

import msgspec
from api.vendors.echo.errors import EchoError


class NewCall(msgspec.Struct, frozen=True, kw_only=True):
    """Call a number; `notify` is told of the end."""

    to: str
    notify: str


def new_call(body: bytes) -> NewCall:
    """Read a call to be placed; raises EchoError."""
    try:
        return msgspec.json.decode(body, type=NewCall)
    except msgspec.MsgspecError as error:
        raise EchoError(400, str(error)) from None
