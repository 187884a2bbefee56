"""The texts that Asterisk's dialplan keeps in astdb until they are taken ([im-keep] of extensions.conf).

The whole text is in its key, as ARI may list keys but may not read values:
im/ENDPOINT/MICROSECONDS|KEY|SENDER|RECIPIENT|LENGTH|TYPE|BODY, the body in base64url without the =.
"""

import base64
import re

import msgspec
import structlog

from engine.ari.client import AriClient
from engine.features.messaging.sip.astdb import AstDb

log = structlog.get_logger(__name__)
TRUNK = "trunk"
"""The endpoint of texts that came by trunks."""
_FAMILY, _COUNTS, _REFUSED = "im", "im-count", "TEXTS_REFUSED"
_CHARSET = re.compile(r"charset~([A-Za-z0-9._-]+)")
_CHARSETS = re.compile(r"utf-?8|us-ascii|iso-8859-\d{1,2}|windows-125\d", re.IGNORECASE)
_FIELDS = 7


class KeptText(msgspec.Struct, frozen=True, kw_only=True):
    """A text in astdb under `name`.

    `endpoint` is the extension's SIP user name, which the phone has proved, or TRUNK. `key` is the same for a text that
    is sent twice with the same Call-ID and CSeq. `too_long`: Asterisk has lost the body, of more than 1,023 bytes.
    """

    name: str
    endpoint: str
    key: str
    sender: str
    recipient: str
    text: str
    too_long: bool


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """The texts, those of an endpoint from the oldest to the newest, and the names of what the dialplan counts."""

    texts: list[KeptText]
    counts: list[str]


class KeptTexts:
    """Lists and deletes the texts that an Asterisk keeps."""

    def __init__(self, client: AriClient, db: AstDb) -> None:
        self._client, self._db = client, db

    async def list(self) -> Listed:
        """Return what is kept. Raises AriError."""
        async with self._db.reading() as keys:
            counts = await keys(_COUNTS)
            found = [(endpoint, await keys(f"{_FAMILY}/{endpoint}")) for endpoint in await keys(_FAMILY)]
        return Listed(texts=[read(endpoint, key) for endpoint, each in found for key in each], counts=counts)

    async def delete(self, text: KeptText) -> None:
        """Delete a text, which may be gone. Raises AriError."""
        await self._db.delete(f"{_FAMILY}/{text.name}")

    async def count_anew(self, listed: Listed) -> None:
        """Let the dialplan count from 0 again: after all that was listed was taken. Raises AriError."""
        for name in listed.counts:
            await self._db.delete(f"{_COUNTS}/{name}")

    async def refused(self) -> int:
        """Return how many texts were not kept since the last call, as there were too many. Raises AriError."""
        text = (await self._client.asterisk.get_global_var(variable=_REFUSED)).value
        count = int(text) if text.isdecimal() else 0
        if count:
            await self._client.asterisk.set_global_var(variable=_REFUSED, value="0")
        return count


def read(endpoint: str, key: str) -> KeptText:
    """Read a text from its key; what is no text is one without sender, recipient and body."""
    fields = key.split("|")
    if len(fields) != _FIELDS:
        fields = ["", key, "", "", "0", "", ""]
    _, name, sender, recipient, length, kind, body = fields
    text = _text(body, kind)
    return KeptText(
        name=f"{endpoint}/{key}",
        endpoint=endpoint,
        key=name,
        sender=sender,
        recipient=recipient,
        text=text,
        too_long=not body and length.isdecimal() and int(length) > 0,
    )


def _text(body: str, kind: str) -> str:
    try:
        octets = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).replace(b"\x01", b")")
    except ValueError:
        log.warning("A kept text could not be read.", length=len(body))
        return ""
    named = _CHARSET.search(kind)
    charset = named[1] if named and _CHARSETS.fullmatch(named[1]) else "utf-8"
    try:
        return octets.decode(charset, errors="replace")
    except LookupError:
        return octets.decode(errors="replace")
