"""Answering a SIP challenge with a password, for tests (RFC 3261 §22.4, RFC 7616 §3.4)."""

import hashlib
import re
from uuid import uuid4


def answered(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The value of the Authorization that answers a 401, for the same request asked again."""
    given = dict(re.findall(r'(\w+)="([^"]*)"', (re.search(r"(?im)^WWW-Authenticate:.*$", challenge) or [""])[0]))
    once = uuid4().hex
    secret = _md5(f"{user}:{given['realm']}:{password}")
    response = _md5(f"{secret}:{given['nonce']}:00000001:{once}:auth:{_md5(f'{method}:{uri}')}")
    return (
        f'Digest username="{user}",realm="{given["realm"]}",nonce="{given["nonce"]}",uri="{uri}",'
        f'response="{response}",qop=auth,nc=00000001,cnonce="{once}",algorithm=MD5'
        + (f',opaque="{given["opaque"]}"' if "opaque" in given else "")
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
