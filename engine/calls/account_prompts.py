"""Prompts of one account: its permissions, and the files that it uploaded."""

from engine.calls.services import CallServices
from engine.media.errors import NoSuchUpload
from engine.media.prompts import Prompt
from engine.media.upload_files import SCHEME
from engine.store import uploads


class Preparing:
    """Makes prompts under an account's permissions (engine.tasks.interfaces.Prepare)."""

    def __init__(self, services: CallServices, account: str) -> None:
        self._services, self._account = services, account

    async def source(self, source: str) -> Prompt:
        """Fetch, check and convert an audio file, or take one that the account uploaded or a feature keeps for it.

        Raises PromptError.
        """
        scheme, _, rest = source.partition(":")
        if of_feature := self._services.prompts.sources.get(scheme):
            return await of_feature(self._account, rest)
        if source.startswith(SCHEME):
            return await self._uploaded(source.removeprefix(SCHEME))
        allowed = self._services.admission.allow_private(self._account)
        return await self._services.prompts.prepare(source, allow_private=allowed)

    async def _uploaded(self, name: str) -> Prompt:
        found = await self._services.database.read(lambda conn: uploads.get(conn, self._account, name))
        if found is None:
            raise NoSuchUpload(name[:64])
        return await self._services.prompts.uploaded(found.file, found.digest)

    async def text(
        self, text: str, locale: str, voice: str, *, ssml: bool = False, length_factor: float = 1.0
    ) -> Prompt:
        """Synthesise a text, which may be SSML, `length_factor` times as long as usual; raises PromptError."""
        prompts = self._services.prompts
        return await prompts.say(text, locale=locale, voice=voice, ssml=ssml, length_factor=length_factor)
