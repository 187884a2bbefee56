"""What Sinch writes on calls, to find it again in their events.

Of each event a tag may say where it goes: OFF, a URL or a script of a customCallout's (sealed where it holds a
bucket's credentials), or "": the application's URLs.
"""

from collections.abc import Iterable, Mapping

import msgspec

from api.callbacks.tags import Tag, decode
from api.vendors.sinch.ids import DIALECT
from engine.calls.call import Call

CUSTOM, COOKIES = "custom", "cookies"
ICE, ACE, PIE, DICE = "ice", "ace", "pie", "dice"
CALLER, CALLEE, KIND, HEADERS, CALL_HEADERS = "cli", "to", "to_type", "headers", "call_headers"
OFF = "off"
Cookies = tuple[tuple[str, str], ...]
_cookies: msgspec.json.Decoder[Cookies] = msgspec.json.Decoder(Cookies)


def tag_of(call: Call) -> Tag:
    """Return a call's tag; an empty one where another dialect or nobody has written it."""
    found = decode(call.tag)
    return found if found and found.dialect == DIALECT else Tag(dialect=DIALECT)


def participant(text: str) -> str:
    """Return as whom a callout takes part in a conference, as the customer wrote it; "" for another call's tag.

    «the phone number of the PSTN participant …, or whatever was passed as CLI for data originated/terminated calls»
    """
    found = decode(text)
    if found is None or found.dialect != DIALECT:
        return ""
    callee = found.data.get(CALLEE, "")
    return found.data.get(CALLER) or callee if found.data.get(KIND) == "username" else callee


def cookies_of(tag: Tag) -> Cookies:
    """Return what the customer's scripts have kept with the call."""
    text = tag.data.get(COOKIES)
    return _cookies.decode(text) if text else ()


def headers_of(tag: Tag) -> dict[str, str]:
    """Return the X-CB-* headers of the request that placed the call: its events carry them."""
    text = tag.data.get(HEADERS)
    return dict(_cookies.decode(text)) if text else {}


def with_headers(tag: Tag, headers: Mapping[str, str]) -> Tag:
    """Return a tag that carries these."""
    if not headers:
        return tag
    pairs = [(str(name), value) for name, value in headers.items()]  # a name may be of a class of its own
    return _with(tag, HEADERS, msgspec.json.encode(pairs).decode())


def call_headers_of(tag: Tag) -> Cookies:
    """Return the call headers that a script connected the call with: its end tells them."""
    text = tag.data.get(CALL_HEADERS)
    return _cookies.decode(text) if text else ()


def with_call_headers(tag: Tag, headers: Iterable[tuple[str, str]]) -> Tag:
    """Return a tag that carries these."""
    return _with(tag, CALL_HEADERS, msgspec.json.encode(tuple(headers)).decode())


def with_cookies(tag: Tag, cookies: Iterable[tuple[str, str]]) -> Tag:
    """Return a tag that carries these."""
    return _with(tag, COOKIES, msgspec.json.encode(tuple(cookies)).decode())


def silenced(tag: Tag) -> Tag:
    """Return the tag of a leg whose answer and end are not told (`suppressCallbacks`)."""
    return _with(_with(tag, ACE, OFF), DICE, OFF)


def _with(tag: Tag, key: str, value: str) -> Tag:
    return msgspec.structs.replace(tag, data=tag.data | {key: value})
