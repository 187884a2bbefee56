"""Prompts of one account: its permissions, and the files that it uploaded."""

from collections.abc import Callable

from engine.media.errors import NoSuchUpload
from engine.media.prompts import Prompt, Prompts
from engine.media.upload_files import SCHEME
from engine.store import uploads
from engine.store.database import Database


class Preparing:
    """Makes prompts under an account's permissions (engine.tasks.interfaces.Prepare).

    `allow_private` says whether an account's announcements may come from private addresses.
    """

    def __init__(
        self, prompts: Prompts, database: Database, allow_private: Callable[[str], bool], account: str
    ) -> None:
        self._prompts, self._database, self._allow_private = prompts, database, allow_private
        self._account = account

    async def source(self, source: str) -> Prompt:
        """Fetch, check and convert an audio file, or take one that the account uploaded or a feature keeps for it.

        Raises PromptError.
        """
        scheme, _, rest = source.partition(":")
        if of_feature := self._prompts.sources.get(scheme):
            return await of_feature(self._account, rest)
        if source.startswith(SCHEME):
            return await self._uploaded(source.removeprefix(SCHEME))
        allowed = self._allow_private(self._account)
        return await self._prompts.prepare(source, allow_private=allowed)

    async def _uploaded(self, name: str) -> Prompt:
        found = await self._database.read(lambda conn: uploads.get(conn, self._account, name))
        if found is None:
            raise NoSuchUpload(name[:64])
        return await self._prompts.uploaded(found.file, found.digest)

    async def text(
        self, text: str, locale: str, voice: str, *, ssml: bool = False, length_factor: float = 1.0
    ) -> Prompt:
        """Synthesise a text, which may be SSML, `length_factor` times as long as usual; raises PromptError."""
        return await self._prompts.say(text, locale=locale, voice=voice, ssml=ssml, length_factor=length_factor)
