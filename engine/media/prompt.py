"""A prompt that is ready to play, and the limits prompts are held to."""

from __future__ import annotations

from pathlib import Path

import msgspec

WIDE = 16_000
NARROW = 8_000


class Prompt(msgspec.Struct, frozen=True, kw_only=True, weakref=True):
    """Audio that Asterisk can play at once, in every codec.

    While anybody holds the object, its files stay in the cache.
    """

    path: str
    """Absolute, without an extension: Asterisk picks .ulaw, .alaw or .sln16 by the call's codec."""
    seconds: float
    digest: str = ""
    remarks: tuple[str, ...] = ()
    """Sentences on what is heard otherwise than it was asked for, such as by another voice."""

    @property
    def media(self) -> str:
        """The media URI for ARI's play."""
        return f"sound:{self.path}"


class PromptSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of prompts; sizes in bytes, times in seconds."""

    max_bytes: int = 20_000_000
    fetch_seconds: float = 10.0
    """From the first byte asked to the last one received, redirects included."""
    max_redirects: int = 3
    max_seconds: float = 600.0
    """The longest prompt."""
    fresh_seconds: float = 60.0
    """How long a URL is played from the cache without asking its server, where that says nothing of its age."""
    unsaid_seconds: float = 5.0
    """The same where the server gave an ETag or a Last-Modified: asking again costs it next to nothing."""
    longest_fresh_seconds: float = 86_400.0
    """The same where the server says how long, at most."""
    asking_seconds: float = 1.0
    """How long a call waits for the answer to "has it changed?" before it plays what is in the cache."""
    failure_seconds: float = 5.0
    """How long a failure is remembered."""
    stale_seconds: float = 3600.0
    """How long the last good audio stands in for a server that is down."""
    uploads: Path | None = None
    """The folder of what accounts uploaded; None: nothing can be uploaded."""
    cache_bytes: int = 2_000_000_000
    media_root: Path | None = None
    """The folder below which file:// prompts must lie; None: there are none."""
    max_text: int = 600
    speech_seconds: float = 20.0
    """The longest a speech engine may take for one text."""
