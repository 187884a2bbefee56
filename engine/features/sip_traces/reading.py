"""Reads of a SIP message what a flow shows. What cannot be read is empty: a message may be any octets."""

import re
from typing import NamedTuple

_STATUS = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: (.*))?")
_REQUEST = re.compile(r"([A-Z]+) (\S+) SIP/2\.0")
_CSEQ = re.compile(r"([0-9]+)\s+(\S+)")
_VIA = re.compile(r"SIP\s*/\s*2\.0\s*/\s*([A-Za-z-]+)")
_BRANCH = re.compile(r";\s*branch\s*=\s*([^\s;,]+)")
_TAG = re.compile(r";\s*tag\s*=")
_FOLDED = re.compile(r"\r?\n[ \t]+")
_SHORT = {"v": "via", "t": "to", "c": "content-type"}  # RFC 3261 section 7.3.3
_READ = frozenset({"via", "cseq", "to", "reason", "content-type"})


class Read(NamedTuple):
    """A message: of a request its method and URI, of a response its status and phrase; CSeq's number and method.

    `transport` and `branch` are those of the topmost Via; `reason` is the first Reason header (RFC 3326); `opens` is
    whether it is an INVITE outside of a dialog (RFC 3261 section 12.2); `sdp`: whether it carries an offer or answer.
    """

    method: str = ""
    uri: str = ""
    status: int | None = None
    phrase: str = ""
    cseq: str = ""
    transport: str = ""
    branch: str = ""
    reason: str = ""
    opens: bool = False
    sdp: bool = False


def read(message: bytes) -> Read:
    """Read a message."""
    head, _, _ = message.partition(b"\r\n\r\n")
    first, _, rest = _FOLDED.sub(" ", head.decode("utf-8", "replace")).partition("\n")
    headers = _headers(rest)
    request, response = _REQUEST.fullmatch(first.strip()), _STATUS.fullmatch(first.strip())
    method = request[1] if request else ""
    via, cseq = headers.get("via", ""), _CSEQ.match(headers.get("cseq", ""))
    transport, branch = _VIA.match(via), _BRANCH.search(via.partition(",")[0])
    return Read(
        method=method,
        uri=request[2] if request else "",
        status=int(response[1]) if response else None,
        phrase=(response[2] or "").strip() if response else "",
        cseq=f"{cseq[1]} {cseq[2]}" if cseq else "",
        transport=transport[1].upper() if transport else "",
        branch=branch[1] if branch else "",
        reason=headers.get("reason", ""),
        opens=method == "INVITE" and not _TAG.search(headers.get("to", "").rpartition(">")[2]),
        sdp="sdp" in headers.get("content-type", "").lower(),
    )


def _headers(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        name = _SHORT.get(name := name.strip().lower(), name)
        if colon and name in _READ:
            found.setdefault(name, value.strip())
    return found
