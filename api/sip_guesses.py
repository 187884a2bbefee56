"""Counts the wrong passwords that browsers send by SIP, which Asterisk sees as requests of this machine.

A request with Authorization is a guess until its response comes: 401, 403 or 407 says that it was wrong (RFC 3261
section 22.2), unless only its nonce was too old (`stale`, RFC 7616 section 3.3).
"""

import re
from collections import OrderedDict
from contextlib import AbstractContextManager, suppress

from aiohttp import web

from api.guess_throttle import Guesses, ShownCredential

MOST_OPEN = 50
"""Guesses of one socket whose responses are waited for."""
_REFUSED = re.compile(rb"SIP/2\.0 (?:401|403|407) ")
_FINAL = re.compile(rb"SIP/2\.0 [2-6]\d\d ")
_STALE = re.compile(rb"\bstale\s*=\s*\"?true", re.IGNORECASE)
_AUTHORIZATION = re.compile(rb"\r\n(?:Proxy-)?Authorization\s*:\s*([^\r\n]{0,4096})", re.IGNORECASE)
_USER = re.compile(rb"\busername\s*=\s*\"([^\"]{0,64})\"", re.IGNORECASE)
_CALL_ID = re.compile(rb"\r\n(?:Call-ID|i)\s*:\s*([^\r\n]{1,256})", re.IGNORECASE)
_CSEQ = re.compile(rb"\r\nCSeq\s*:\s*([^\r\n]{1,64})", re.IGNORECASE)


class _Wrong(Exception):
    """The password was wrong."""


class _Unknown(Exception):
    """Nobody waits for the response any more."""


class SipGuesses:
    """The guesses of one websocket, which came with `request`."""

    def __init__(self, guesses: Guesses, request: web.BaseRequest) -> None:
        self._guesses, self._request = guesses, request
        self._open: OrderedDict[tuple[bytes, bytes], AbstractContextManager[None]] = OrderedDict()

    def sent(self, message: bytes) -> None:
        """Look at a message of the browser. Raises TooManyGuesses: it must not reach Asterisk."""
        if message.startswith(b"SIP/2.0 ") or not (shown := _AUTHORIZATION.search(message)):
            return
        user = _USER.search(shown[1])
        name = user[1].decode("utf-8", "surrogateescape") if user else ""
        credential = ShownCredential("sip", shown[1].decode("utf-8", "surrogateescape"), name)
        attempt = self._guesses.attempt(self._request, credential, lambda error: isinstance(error, _Wrong))
        attempt.__enter__()
        if before := self._open.pop(key := _key(message), None):
            _end(before, _Unknown())
        self._open[key] = attempt
        if len(self._open) > MOST_OPEN:
            _end(self._open.popitem(last=False)[1], _Wrong())

    def received(self, message: bytes) -> None:
        """Look at a message of Asterisk."""
        if not _FINAL.match(message) or not (attempt := self._open.pop(_key(message), None)):
            return
        wrong = _REFUSED.match(message) and not _STALE.search(message)
        _end(attempt, _Wrong() if wrong else None)

    def close(self) -> None:
        """The socket is closed: what was not answered told nothing."""
        while self._open:
            _end(self._open.popitem()[1], _Unknown())


def _key(message: bytes) -> tuple[bytes, bytes]:
    """Return what a response has in common with its request: Call-ID and CSeq."""
    found = [pattern.search(message) for pattern in (_CALL_ID, _CSEQ)]
    call_id, cseq = (each[1].strip() if each else b"" for each in found)
    return call_id, b" ".join(cseq.split())


def _end(attempt: AbstractContextManager[None], error: Exception | None) -> None:
    """End an attempt; its block raised `error`, which nobody else is to see."""
    if error is None:
        attempt.__exit__(None, None, None)
        return
    with suppress(_Wrong, _Unknown):
        attempt.__exit__(type(error), error, error.__traceback__)
