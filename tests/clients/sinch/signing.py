"""How Sinch's requests are signed, written from its page «Using REST» for the tests alone: it judges the system's own.

    Authorization: Application KEY:SIGNATURE
    SIGNATURE = Base64(HMAC-SHA256(Base64Decode(SECRET), UTF8(STRING)))
    STRING    = VERB \\n Content-MD5 \\n Content-Type \\n x-timestamp:TIME \\n PATH

Content-MD5 is the body's MD5 in base64, nothing where there is no body; its header is not sent.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime

_AUTHORIZATION = re.compile(r"application (?P<key>[^:\s]+):(?P<signature>\S+)")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
FRESH_SECONDS = 60.0
"""An event is signed when it is sent, so its time is that of its arrival."""


def signature(secret: str, verb: str, path: str, body: bytes, content_type: str, time: str) -> str:
    """The signature of one request."""
    digest = base64.b64encode(hashlib.md5(body).digest()).decode() if body else ""
    text = "\n".join((verb, digest, content_type, f"x-timestamp:{time}", path))
    return base64.b64encode(hmac.new(base64.b64decode(secret), text.encode(), hashlib.sha256).digest()).decode()


def now() -> str:
    """This moment as the page writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signed(
    key: str, secret: str, verb: str, path: str, body: bytes, content_type: str = "application/json", time: str = ""
) -> dict[str, str]:
    """The headers of a request that a customer signs."""
    time = time or now()
    headers = {"Content-Type": content_type} if content_type else {}
    made = signature(secret, verb, path, body, content_type, time)
    return headers | {"Authorization": f"Application {key}:{made}", "x-timestamp": time}


def wrong(secrets: Mapping[str, str], path: str, body: bytes, headers: Mapping[str, str]) -> str:
    """What is wrong with the signature of an event that came in; "" where nothing is. `secrets`: by key.

    The scheme is lower-case here: a client in Node compares it letter by letter.
    """
    found = _AUTHORIZATION.fullmatch(headers.get("Authorization", ""))
    if found is None:
        return f"Authorization is {headers.get('Authorization', 'not there')!r}"
    if found["key"] not in secrets:
        return f"the key {found['key']} is not ours"
    time = headers.get("x-timestamp", "")
    if not _TIME.fullmatch(time):
        return f"x-timestamp is {time!r}"
    age = abs((datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds())
    if age > FRESH_SECONDS:
        return f"x-timestamp is {age:.0f} s from now"
    content_type = headers.get("Content-Type", "")
    if content_type.partition(";")[0] != "application/json":
        return f"Content-Type is {content_type!r}"
    wanted = signature(secrets[found["key"]], "POST", path, body, content_type, time)
    return "" if hmac.compare_digest(wanted, found["signature"]) else "the signature does not fit"
