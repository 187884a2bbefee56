"""What Sinch writes on calls, to find it again in their events: https://github.com/sinch/docs, Callback API."""

from api.callbacks.tags import Tag, decode
from api.vendors.sinch.auth import DIALECT
from engine.calls.call import Call

CUSTOM = "custom"


def tag_of(call: Call) -> Tag:
    """Return a call's tag; an empty one where another dialect or nobody has written it."""
    found = decode(call.tag)
    return found if found and found.dialect == DIALECT else Tag(dialect=DIALECT)


def custom_of(call: Call) -> str:
    """Return what the customer gave the call along; "" for nothing."""
    return tag_of(call).data.get(CUSTOM, "")
