"""A callback: one HTTP request, a POST or a GET, that notifies the customer of an event."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import msgspec
from yarl import URL

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
QUERY = ""
"""The content type of a callback that has no body: its fields are in the URL's query, and it is sent by GET."""
LONGEST_URL = 4096
# RFC 3986 §2: an address of only these characters is sent byte for byte as it was written.
_VERBATIM = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
_HALF_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


_NAMES = ("action", "event", "type", "status")
"""The fields that name a callback's subject: a form's action or status, an object's event, or its type (Standard
Webhooks)."""


class BadAddress(ValueError):
    """The text can never be the address of a callback."""


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    """The URL and the body of a POST; `fallback` ("": none) is the URL that is tried if the first one fails.

    With the content type QUERY it is a GET: `body` has the fields of the URL's query once more, and is not sent.
    """

    url: str
    body: str
    fallback: str = ""
    content_type: str = FORM


def form(url: str, fields: Mapping[str, str]) -> Callback:
    """Return a callback with these form fields, in order."""
    return Callback(url=url, body=urlencode(fields))


def query(url: str, fields: Mapping[str, str]) -> Callback:
    """Return a callback by GET with these fields, in order, behind the query that the URL has."""
    text, before, fragment = urlencode(fields), *url.partition("#")[::2]
    joint = "" if before.endswith(("?", "&")) else "&" if "?" in before else "?"
    whole = f"{before}{joint}{text}" + (f"#{fragment}" if fragment else "")
    return Callback(url=whole, body=text, content_type=QUERY)


def action_of(content_type: str, body: str) -> str:
    """Return the subject that a callback's body names; "" if it has none of the known fields."""
    try:
        fields = dict(parse_qsl(body)) if content_type in (FORM, QUERY) else msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError):
        return ""
    named = [fields[name] for name in _NAMES if name in fields] if isinstance(fields, dict) else []
    return str(named[0]) if named else ""


def address(url: str, *, credentials: bool = False) -> URL:
    """Parse a callback's URL, which stays as it was written; raises BadAddress with a sentence.

    `credentials`: it may have a user and a password (RFC 3986 §3.2.1), which are sent as Basic authentication. Signed
    requests cannot have them, because the signature uses the same header.
    """
    if len(url) > LONGEST_URL:
        raise BadAddress(f"A URL must have at most {LONGEST_URL} characters.")
    verbatim = bool(_VERBATIM.fullmatch(url)) and not _HALF_ESCAPE.search(url)
    try:
        parsed = URL(url, encoded=verbatim)
        usable = parsed.scheme in ("http", "https") and bool(parsed.raw_host) and parsed.port != 0
        (parsed.raw_host or "").encode("idna")  # not a DNS name, e.g. an empty or too long label
    except ValueError as error:
        raise BadAddress(f"It is not a URL: {error}.") from None
    if not usable or any(character <= " " or character == "\x7f" for character in url):
        raise BadAddress("It must be an http:// or https:// URL with a host.")
    if "@" in parsed.raw_authority:
        _check_credentials(parsed, credentials)
    return parsed


def _check_credentials(url: URL, allowed: bool) -> None:
    if not allowed:
        raise BadAddress(
            "It must not have a user or a password, such as user:password@host: "
            "the request's Authorization header is its signature."
        )
    if ":" in (url.user or ""):
        raise BadAddress("The user before the @ must not have a colon in it (RFC 7617).")


def host_of(url: str) -> str:
    """Return `host:port` of a URL, the name of its lane; "" if it cannot be parsed."""
    try:
        parsed = address(url, credentials=True)
    except BadAddress:
        return ""
    return f"{(parsed.raw_host or '').lower()}:{parsed.port}"
