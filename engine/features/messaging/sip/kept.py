"""The texts that Asterisk's dialplan keeps in astdb until they are taken ([im-keep] of extensions.conf).

The whole text is in its key, as ARI may list keys but may not read values (live_dangerously = no):
im/ENDPOINT/MICROSECONDS|KEY|SENDER|RECIPIENT|LENGTH|TYPE|BODY. ARI evaluates a function only on a channel, so a Local
channel that is never dialled is made for the reading.
"""

import base64
import builtins
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec
import structlog

from engine.ari.client import AriClient
from engine.ari.errors import AriNotFound
from engine.ari.requests import settled, undone

log = structlog.get_logger(__name__)
TRUNK = "trunk"
"""The endpoint of texts that came by trunks."""
_FAMILY, _COUNTS, _REFUSED = "im", "im-count", "TEXTS_REFUSED"
_READER = "Local/s@nowhere"
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

    def __init__(self, client: AriClient) -> None:
        self._client = client
        self._readers = f"{client.application}-reader-"

    async def list(self) -> Listed:
        """Return what is kept. Raises AriError."""
        async with self._reading() as reader:
            counts = await self._keys(reader, _COUNTS)
            endpoints = await self._keys(reader, _FAMILY)
            found = [(one, await self._keys(reader, f"{_FAMILY}/{one}")) for one in endpoints]
        return Listed(texts=[read(endpoint, key) for endpoint, keys in found for key in keys], counts=counts)

    async def delete(self, text: KeptText) -> None:
        """Delete a text, which may be gone. Raises AriError."""
        await self._delete(f"{_FAMILY}/{text.name}")

    async def count_anew(self, listed: Listed) -> None:
        """Let the dialplan count from 0 again: after all that was listed was taken. Raises AriError."""
        for name in listed.counts:
            await self._delete(f"{_COUNTS}/{name}")

    async def refused(self) -> int:
        """Return how many texts were not kept since the last call, as there were too many. Raises AriError."""
        text = (await self._client.asterisk.get_global_var(variable=_REFUSED)).value
        count = int(text) if text.isdecimal() else 0
        if count:
            await self._client.asterisk.set_global_var(variable=_REFUSED, value="0")
        return count

    async def sweep(self) -> None:
        """Hang up the reading channels that a killed controller left: Asterisk keeps them for ever. Raises AriError."""
        for channel in await self._client.channels.list():
            if channel.id.startswith(self._readers):
                await undone(self._client.channels.hangup(channel.id), "A channel that reads texts is left.")

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[str]:
        """Make a channel to read by. Its id is a new one: for a moment after a hang-up the old one is taken (409)."""
        client, reader = self._client, f"{self._readers}{secrets.token_hex(6)}"
        try:
            await settled(
                client.channels.create(endpoint=_READER, app=client.application, channel_id=reader), "reading texts"
            )
            yield reader
        finally:
            await undone(client.channels.hangup(reader), "A channel that reads texts is left.")

    async def _keys(self, reader: str, prefix: str) -> builtins.list[str]:
        listed = (await self._client.channels.get_channel_var(reader, variable=f"DB_KEYS({prefix})")).value
        return listed.split(",") if listed else []

    async def _delete(self, path: str) -> None:
        with suppress(AriNotFound):
            await self._client.asterisk.set_global_var(variable=f"DB_DELETE({path})", value="1")


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
