"""Uploaded files: received, checked, converted or refused with a reason, played, and removed.

`check` says which kinds of files are taken, `decode` reads what is in them, `errors` has the reasons.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from engine.media import errors
from engine.media.fetch import Body
from engine.media.flights import Flights
from engine.media.prompt import Prompt, PromptSettings
from engine.media.prompt_maker import Converter
from engine.media.upload_files import Received, open_upload, save
from engine.media.url_prompts import FORMAT


class Uploads:
    """The part of Prompts that has to do with uploaded files. `flights` are the prompts that are being made."""

    def __init__(
        self, converter: Converter, settings: PromptSettings, flights: Flights[tuple[str, ...], Prompt]
    ) -> None:
        self._converter, self._settings, self._flights = converter, settings, flights
        self._files = converter.files

    @property
    def upload_limit(self) -> int:
        """The maximum size of an uploaded file, in bytes."""
        return self._settings.max_bytes

    async def receive(self, chunks: AsyncIterator[bytes]) -> Received:
        """Store an uploaded file, after it was checked by its bytes and converted. Raises PromptError."""
        body, received = await self._saved(chunks)
        try:
            prompt = await self._converter.converted(f"upload-{FORMAT}-{body.digest}", lambda: body.file)
        except BaseException:
            body.file.close()
            await self.discard(received.file)
            raise
        body.file.close()  # if the cache had it
        return msgspec.structs.replace(received, seconds=prompt.seconds)

    async def receive_unplayed(self, chunks: AsyncIterator[bytes]) -> Received:
        """Store an uploaded file that is not audio, as it is; it has 0 seconds. Raises PromptError."""
        body, received = await self._saved(chunks)
        body.file.close()
        return received

    async def _saved(self, chunks: AsyncIterator[bytes]) -> tuple[Body, Received]:
        """Write a file to the folder of uploads; returns its bytes too, whose file the caller closes."""
        folder = self._uploads()
        body = await self._converter.on_disk(lambda: Body(self._settings.max_bytes, folder))
        try:
            async for chunk in chunks:
                body.add(chunk)
        except BaseException:
            body.file.close()
            raise
        received = Received(file=secrets.token_hex(16), digest=body.digest, bytes=body.size, seconds=0.0)
        try:
            await self._converter.on_disk(lambda: save(body.file, folder / received.file))
        except BaseException:
            body.file.close()
            await self.discard(received.file)
            raise
        return body, received

    async def uploaded(self, file: str, digest: str) -> Prompt:
        """Return an uploaded file, ready to play. Raises PromptError."""
        known = f"upload-{FORMAT}-{digest}"

        async def convert_again() -> Prompt:
            return await self._converter.converted(known, lambda: open_upload(self.path_of(file)))

        return self._files.get(known) or await self._flights.join(("upload", known), convert_again)

    def path_of(self, file: str) -> Path:
        """Return the path of an uploaded file."""
        return self._uploads() / file

    async def discard(self, file: str) -> None:
        """Remove an uploaded file; its converted audio stays while it is played."""
        await self._converter.on_disk(lambda: self.path_of(file).unlink(missing_ok=True))

    def _uploads(self) -> Path:
        if self._settings.uploads is None:
            raise errors.NoSpace("no folder for uploads is configured")
        return self._settings.uploads
