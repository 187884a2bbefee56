"""A callback: one HTTP POST that tells the customer what happened."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec
from yarl import URL

FORM = "application/x-www-form-urlencoded"
LONGEST_URL = 4096
# RFC 3986 §2: an address of these alone is sent as it was written, byte by byte.
_VERBATIM = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
_HALF_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class BadAddress(ValueError):
    """The text can never work as the address of a callback."""


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    """Where to post and what; `fallback` ("": none) is posted to when that fails."""

    url: str
    body: str
    fallback: str = ""
    content_type: str = FORM


def form(url: str, fields: Mapping[str, str]) -> Callback:
    """Return a callback with these form fields, in their order."""
    return Callback(url=url, body=urlencode(fields))


def address(url: str) -> URL:
    """Parse a callback's URL, keeping it as written; raises BadAddress with what is wrong."""
    if len(url) > LONGEST_URL:
        raise BadAddress(f"A URL has at most {LONGEST_URL} characters.")
    verbatim = bool(_VERBATIM.fullmatch(url)) and not _HALF_ESCAPE.search(url)
    try:
        parsed = URL(url, encoded=verbatim)
        usable = parsed.scheme in ("http", "https") and bool(parsed.raw_host) and parsed.port != 0
        (parsed.raw_host or "").encode("idna")  # what the DNS cannot be asked, e.g. an empty or too long label
    except ValueError as error:
        raise BadAddress(f"It is not a URL: {error}.") from None
    if not usable or any(character <= " " or character == "\x7f" for character in url):
        raise BadAddress("It must be an http:// or https:// URL with a host.")
    return parsed


def host_of(url: str) -> str:
    """Return `host:port` of a URL, which names its lane; "" for one that cannot be parsed."""
    try:
        parsed = address(url)
    except BadAddress:
        return ""
    return f"{(parsed.raw_host or '').lower()}:{parsed.port}"
