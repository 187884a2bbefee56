"""Prompts of a request, looked at before it is accepted: what can never be heard is refused with its parameter."""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from api.vendors.tringme.errors import Invalid
from api.vendors.tringme.http.requests import Prompt
from engine.features.accounts import Account
from engine.media.errors import PromptError, TooLarge, TooLong
from engine.tasks.play import Play

SECONDS = 5.0
"""A file that takes longer is looked at by the call itself."""
HOPELESS = (TooLarge, TooLong)
"""What no later attempt can mend."""


class Preparing(Protocol):
    """Makes prompts (engine.media.Prompts)."""

    async def prepare(self, source: str, *, allow_private: bool = False) -> object:
        """Fetch and convert an audio file, which is kept for the call; raises PromptError."""


class Audio:
    """Looks at the audio files of requests. `prompts` None: none is looked at."""

    def __init__(self, prompts: Preparing | None) -> None:
        self._prompts = prompts

    async def check(self, account: Account, prompts: Iterable[tuple[str, Prompt]]) -> None:
        """Raise Invalid for an audio file that is too large or too long; other faults are the call's to report."""
        urls = [(name, each.source) for name, each in prompts if isinstance(each, Play) and "//" in each.source]
        if self._prompts is not None:
            await asyncio.gather(*(self._check(self._prompts, account, name, url) for name, url in urls))

    async def _check(self, prompts: Preparing, account: Account, name: str, url: str) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await prompts.prepare(url, allow_private=account.allow_private)
        except HOPELESS as error:
            raise Invalid(f"The parameter {name} cannot be played: {error}") from None
        except (PromptError, TimeoutError):
            return
