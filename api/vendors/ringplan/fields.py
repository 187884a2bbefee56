"""The JSON bodies of RingPlan's requests, and what is read of them."""

from typing import Any

import msgspec
from aiohttp import web

from api import bodies
from api.callbacks.masking import beginning
from api.vendors.ringplan.errors import Invalid

MOST_BYTES = 256 * 1024
LONGEST_TEXT = 4096
Fields = dict[str, Any]


async def read(request: web.Request) -> Fields | list[Any]:
    """Return the object or the array of a body; none: an empty object. Raises Invalid."""
    try:
        content = await bodies.read(request, MOST_BYTES)
    except bodies.BodyTooLarge as error:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, reason=str(error)) from None
    except bodies.BodyError as error:
        raise Invalid(str(error)) from None
    if not content.strip():
        return {}
    try:
        value = msgspec.json.decode(content)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Invalid(f"The body must be JSON in UTF-8 (it begins with '{beginning(content)}').") from None
    if not isinstance(value, dict | list):
        raise Invalid("The body must be a JSON object.")
    return value


def text_or_none(fields: Fields, name: str, most: int = LONGEST_TEXT) -> str | None:
    """Return a text; None where it is not given, or null. Raises Invalid."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Invalid(f"{name} must be a string.")
    text = str(value).strip()
    if len(text) > most or "\x00" in text:
        raise Invalid(f"{name} must have at most {most} characters, and no NUL.")
    return text


def text(fields: Fields, name: str, most: int = LONGEST_TEXT) -> str:
    """Return a text that must be there; raises Invalid."""
    found = text_or_none(fields, name, most)
    if not found:
        raise Invalid(f"{name} is missing.")
    return found


def inner(fields: Fields, name: str) -> Fields:
    """Return an object in an object; empty where it is not given, or null. Raises Invalid."""
    value = fields.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid(f"{name} must be an object.")
    return value


def without(fields: Fields, *names: str) -> Fields:
    """Return the fields but for those that are ours to say."""
    return {name: value for name, value in fields.items() if name not in names}
