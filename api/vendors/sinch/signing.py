"""How requests are signed, those that come in and those that go out.

The rules are those of Sinch's page «Using REST» («Application signed request»).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

from api.callbacks.callback import BadAddress, address
from api.vendors.sinch.http.resources import timestamp

CONTENT_TYPE = "application/json"


def signed_headers(url: str, body: bytes, key: str, secret: str, at: float) -> Mapping[str, str]:
    """Return the headers of one attempt (`at`: Unix seconds).

    «Authorization = "application" + " " + ApplicationKey + ":" + Signature»: clients in Node compare the scheme
    letter by letter with the lower-case one, all others without regard to case. The path alone is signed, no query.
    """
    time = timestamp(at)
    text = string_to_sign("POST", body, CONTENT_TYPE, time, _path(url))
    return {
        "Authorization": f"application {key}:{signature(secret, text)}",
        "x-timestamp": time,
        "Content-Type": CONTENT_TYPE,
    }


def _path(url: str) -> str:
    """Return the path as it is sent."""
    try:
        return address(url).raw_path or "/"
    except BadAddress:
        return "/"


def string_to_sign(method: str, body: bytes, content_type: str, timestamp: str, path: str) -> str:
    """Return what is signed: five lines, the last without its end; `content_type` and `timestamp` as received.

    «Content-MD5»: the MD5 of the body in base64, an empty line where there is no body.
    """
    digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode() if body else ""
    return "\n".join((method.upper(), digest, content_type, f"x-timestamp:{timestamp}", path))


def signature(secret: str, text: str) -> str:
    """Return Base64(HMAC-SHA256(Base64Decode(secret), UTF8(text))); a secret that is no base64 serves as it is."""
    try:
        key = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        key = secret.encode()
    return base64.b64encode(hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).digest()).decode()
