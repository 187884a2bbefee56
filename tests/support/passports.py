"""Identity headers as carriers sign them, by a key that nobody knows."""

import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

KEY = ec.generate_private_key(ec.SECP256R1())
URL = "https://certificates.example.org/shaken.pem"
ORIGID = "123e4567-e89b-12d3-a456-426655440000"


def passport(caller: str, *callees: str, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A PASSporT of SHAKEN (RFC 8588) for a call between two numbers, made now; `header` and `claims` replace parts."""
    body = {"attest": "A", "dest": {"tn": callees}, "iat": int(time.time()), "orig": {"tn": caller}, "origid": ORIGID}
    head = {"typ": "passport", "ppt": "shaken", "x5u": URL, **(header or {})}
    return jwt.encode(body | claims, KEY, algorithm="ES256", headers=head)


def identity(token: str, ppt: str = "shaken") -> str:
    """The value of an Identity header (RFC 8224 section 4)."""
    return f'{token};info=<{URL}>;alg=ES256;ppt="{ppt}"'
