"""Files that TingTing's requests name or bring: audio, and sheets of numbers.

A name is that of an upload of the account, or a URL that is fetched under the guard against private addresses.
"""

import secrets
from collections.abc import AsyncIterator
from typing import Protocol

from api.vendors.tingting.auth import Requester
from api.vendors.tingting.errors import Invalid
from api.vendors.tingting.fields import MOST_BYTES, Fields, UploadedFile
from engine.features.errors import NotThere
from engine.features.uploads.service import UploadService
from engine.media import PromptError
from engine.media.upload_files import SCHEME, is_name

AUDIO = ("aud_file", "audio", "audio_file")
_URLS = ("http://", "https://")


class Fetching(Protocol):
    """Fetches files (engine.media.Prompts)."""

    async def prepare(self, source: str, *, allow_private: bool = False) -> object:
        """Fetch and convert an audio file, which is kept for calls; raises PromptError."""

    async def bytes_at(self, url: str, *, allow_private: bool = False, most: int) -> bytes:
        """Return what is at a URL, at most so many bytes; raises PromptError."""


class Files:
    """Finds them. `fetching` None: no URL is fetched before it is played."""

    def __init__(self, uploads: UploadService, fetching: Fetching | None) -> None:
        self._uploads, self._fetching = uploads, fetching

    async def audio(self, requester: Requester, fields: Fields, folder: str) -> str | None:
        """Return the source of a request's audio file, which was looked at; None where there is none.

        One that comes with the request becomes an upload of the account in `folder`. Raises Invalid.
        """
        brought = fields.file(*AUDIO)
        if brought is not None:
            return await self._kept(requester, brought, folder)
        named = fields.text_or_none(*AUDIO)
        if named is None:
            return None
        if named.lower().startswith(_URLS):
            return await self._looked_at(requester, named)
        name = await self._upload(requester, named, AUDIO[0])
        return SCHEME + name

    async def sheet(self, requester: Requester, found: UploadedFile | str, field: str) -> UploadedFile:
        """Return a file of numbers with its bytes; raises Invalid."""
        if isinstance(found, UploadedFile):
            return found
        try:
            if found.lower().startswith(_URLS) and self._fetching is not None:
                private = requester.account.allow_private
                content = await self._fetching.bytes_at(found, allow_private=private, most=MOST_BYTES)
                return UploadedFile(found.partition("?")[0].rpartition("/")[2], content)
            name = await self._upload(requester, found, field)
            return UploadedFile(name, await self._uploads.content(requester.account.id, name))
        except PromptError as error:
            raise Invalid(f"{field} cannot be read: {error}") from None

    async def _kept(self, requester: Requester, brought: UploadedFile, folder: str) -> str:
        ending = brought.name.rpartition(".")[2] if "." in brought.name else "audio"
        name = f"{folder}/{secrets.token_hex(8)}.{ending[:8]}"
        name = name if is_name(name) else f"{folder}/{secrets.token_hex(8)}"
        try:
            await self._uploads.put(requester.by, requester.account.id, name, _chunks(brought.content))
        except PromptError as error:
            raise Invalid(f"{AUDIO[0]} cannot be played: {error}") from None
        return SCHEME + name

    async def _looked_at(self, requester: Requester, url: str) -> str:
        if self._fetching is not None:
            try:
                await self._fetching.prepare(url, allow_private=requester.account.allow_private)
            except PromptError as error:
                raise Invalid(f"{AUDIO[0]} cannot be played: {error}") from None
        return url

    async def _upload(self, requester: Requester, named: str, field: str) -> str:
        name = named.removeprefix(SCHEME)
        try:
            await self._uploads.get(requester.account.id, name if is_name(name) else "-")
        except NotThere:
            raise Invalid(
                f"{field} must be a file (multipart/form-data), an http:// or https:// URL, or the name of an upload of"
                f" the account (carillon prompts add); there is no upload {name[:80]!r}."
            ) from None
        return name


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content
