"""Prompts at http and https addresses: fetched, played from the cache while fresh, then revalidated."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import msgspec

from engine.media import errors
from engine.media.fetch import Fetched, Validators, fetch
from engine.media.flights import Flights
from engine.media.prompt import Prompt, PromptSettings
from engine.media.prompt_maker import Converter
from engine.net import Net

FORMAT = "2"
"""The version of the conversion; files of another version are not played."""
_MAX_KNOWN = 10_000
_PASSING = (errors.AudioUnreachable, errors.TooSlow, errors.HttpError)
_Key = tuple[str, bool]


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one URL: the last good audio, until when it is fresh, and the last failure."""

    digest: str = ""
    validators: Validators = Validators()
    until: float = float("-inf")
    good: float = float("-inf")
    stale: bool = True
    failure: errors.PromptError | None = None


class UrlPrompts:
    """The state of all URLs, in memory. `clock` returns seconds."""

    def __init__(self, net: Net, converter: Converter, settings: PromptSettings, clock: Callable[[], float]) -> None:
        self._net, self._converter, self._settings, self._clock = net, converter, settings, clock
        self._known: OrderedDict[_Key, _Known] = OrderedDict()
        self._flights: Flights[_Key, Prompt] = Flights("prompt of a URL")

    async def close(self) -> None:
        """Cancel all fetches."""
        await self._flights.close()

    async def prepare(self, url: str, *, allow_private: bool) -> Prompt:
        """Return the audio at a URL. If it is not fresh, it is revalidated first, within a time limit."""
        key = (url, allow_private)
        known = self._known.get(key, _Known())
        fresh = self._clock() < known.until
        if known.failure is not None and fresh:
            raise known.failure.again()
        prompt = self._converter.files.get(known.digest) if known.digest and known.failure is None else None
        if prompt is None or (not fresh and not known.stale):
            return await self._flights.join(key, lambda: self._requested(key))
        if fresh:
            self._known.move_to_end(key)
            return prompt
        return await self._flights.within(self._settings.asking_seconds, key, lambda: self._requested(key)) or prompt

    async def _requested(self, key: _Key) -> Prompt:
        url, allow_private = key
        known = self._known.get(key, _Known())
        prompt = self._converter.files.get(known.digest) if known.digest else None
        validators = known.validators if prompt else Validators()
        try:
            fetched = await fetch(self._net, url, allow_private, self._settings, self._converter.folder, validators)
            now = self._clock()
            prompt = await self._prompt(fetched, prompt)
        except errors.PromptError as error:
            return self._failed(key, known, prompt, error)
        until = now + fetched.freshness.seconds
        self._note(key, _Known(
            digest=prompt.digest, validators=fetched.validators, until=until, good=now, stale=fetched.freshness.stale,
        ))  # fmt: skip
        return prompt

    async def _prompt(self, fetched: Fetched, known: Prompt | None) -> Prompt:
        if fetched.body is None:
            assert known is not None
            return known
        digest, file = f"url-{FORMAT}-{fetched.body.digest}", fetched.body.file
        if prompt := self._converter.files.get(digest):
            file.close()
            return prompt
        return await self._converter.converted(digest, lambda: file)

    def _failed(self, key: _Key, known: _Known, prompt: Prompt | None, error: errors.PromptError) -> Prompt:
        now = self._clock()
        # Tried again only after `failure_seconds`, so that a dead server does not delay every call.
        until = now + self._settings.failure_seconds
        recent = now - known.good < self._settings.stale_seconds
        if prompt and known.stale and recent and isinstance(error, _PASSING):
            self._note(key, msgspec.structs.replace(known, until=until, failure=None))
            return prompt
        self._note(key, msgspec.structs.replace(known, until=until, failure=error.again()))
        raise error

    def _note(self, key: _Key, known: _Known) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)
