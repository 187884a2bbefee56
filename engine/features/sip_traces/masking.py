"""Masks what is secret in a SIP message. Nothing becomes longer or shorter, so that Content-Length stays right.

Masked are:
- what proves a password (RFC 7616, RFC 8760): of a Digest all but the user, the realm and the URI, other schemes whole;
- a URI's password (RFC 3261 section 19.1.1);
- the keys of SRTP in SDP (`a=crypto`, RFC 4568; `k=`, RFC 8866; `a=key-mgmt`, RFC 4567), ICE's password (RFC 8839);
- every body that is not SDP or a fragment of SIP (RFC 3420): digits in INFO, texts in MESSAGE, KPML, places.
"""

import re

MASK = b"*"
_END = re.compile(rb"\r?\n[ \t]*\r?\n")
_CREDENTIALS = re.compile(
    rb"^((?:proxy-)?authorization|(?:www|proxy)-authenticate|(?:proxy-)?authentication-info)([ \t]*:[ \t]*)"
    rb"([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_SCHEME = re.compile(rb"(?i)(digest\s+)(.*)", re.DOTALL)
_VALUE = re.compile(rb'([\w-]+\s*=\s*)("(?:[^"\\]|\\.)*"?|[^\s,"]+)', re.DOTALL)
_SHOWN = frozenset(
    {b"username", b"realm", b"uri", b"algorithm", b"qop", b"nc", b"stale", b"domain", b"userhash", b"username*"}
)
_PASSWORD = re.compile(rb"(?i)(\bsips?:[^\s@:<>\"]*+:)([^\s@<>\"]{1,1024}+)(?=@)")
_KEY = re.compile(
    rb"^(a=crypto:[^\r\n]*?inline:|k=(?:clear|base64|uri):|k=|a=key-mgmt:[^ \r\n]*[ ]?|a=ice-pwd:)([^\r\n]+)",
    re.IGNORECASE | re.MULTILINE,
)
_TYPE = re.compile(rb"^(?:content-type|c)[ \t]*:[ \t]*([^\s;]+)([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(rb'(?i);\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))')
_LETTERS = re.compile(rb"[^\r\n]")
_SDP, _FRAGMENT = b"application/sdp", b"message/sipfrag"
_MOST_PARTS = 20


def masked(message: bytes) -> bytes:
    """Return a message with its secrets masked, each octet by MASK."""
    if (end := _END.search(message)) is None:
        return _head(message)
    head, body = message[: end.end()], message[end.end() :]
    return _head(head) + (_body(head, body) if body else b"")


def _head(head: bytes) -> bytes:
    if b"@" in head:
        head = _PASSWORD.sub(lambda found: found[1] + MASK * len(found[2]), head)
    if b"uth" in head or b"UTH" in head:
        head = _CREDENTIALS.sub(lambda found: found[1] + found[2] + _credentials(found[3]), head)
    return head


def _credentials(value: bytes) -> bytes:
    digest = _SCHEME.fullmatch(value)
    if digest is None and b"=" in value and b" " not in value.partition(b"=")[0]:  # Authentication-Info has no scheme
        return _VALUE.sub(_parameter, value)
    if digest is None:
        scheme, gap, rest = value.partition(b" ")
        return scheme + gap + _hidden(rest)
    return digest[1] + _VALUE.sub(_parameter, digest[2])


def _parameter(found: re.Match[bytes]) -> bytes:
    name, value = found[1], found[2]
    if name.rstrip(b" \t\r\n=").lower() in _SHOWN:
        return found[0]
    if value[:1] == b'"':
        closed = len(value) > 1 and value[-1:] == b'"'
        return name + b'"' + _hidden(value[1:-1] if closed else value[1:]) + (b'"' if closed else b"")
    return name + _hidden(value)


def _body(head: bytes, body: bytes, *, within: bool = False) -> bytes:
    found = _TYPE.search(head)
    kind = found[1].lower() if found else b""
    if kind == _SDP:
        return _KEY.sub(lambda key: key[1] + MASK * len(key[2]), body)
    if kind == _FRAGMENT:
        end = _END.search(body)
        return _head(body[: end.end()]) + _hidden(body[end.end() :]) if end else _head(body)
    if kind.startswith(b"multipart/") and found and not within and (named := _BOUNDARY.search(found[2])):
        return _parts(body, b"--" + (named[1] or named[2]))
    return _hidden(body)


def _parts(body: bytes, boundary: bytes) -> bytes:
    """Mask the parts of a body (RFC 2046 section 5.1)."""
    first, *parts = body.split(boundary)
    return boundary.join((_hidden(first), *map(_part, parts))) if len(parts) <= _MOST_PARTS else _hidden(body)


def _part(part: bytes) -> bytes:
    end = _END.search(part)
    if end is None or part[:2] == b"--":  # behind the last one
        return part[:2] + _hidden(part[2:])
    head = part[: end.end()]
    return _head(head) + _body(head, part[end.end() :], within=True)


def _hidden(text: bytes) -> bytes:
    return _LETTERS.sub(MASK, text)
