"""A prompt that is ready to play, and the limits of prompts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

WIDE = 16_000
NARROW = 8_000


class Prompt(msgspec.Struct, frozen=True, kw_only=True, weakref=True):
    """Audio that Asterisk can play at once, in every codec.

    Its files stay in the cache as long as the object is referenced.
    """

    path: str
    """The absolute path without an extension: Asterisk chooses .ulaw, .alaw or .sln16 by the call's codec."""
    seconds: float
    digest: str = ""
    remarks: tuple[str, ...] = ()
    """Sentences about differences between the request and the audio, such as another voice."""

    @property
    def media(self) -> str:
        """The media URI for ARI's play request."""
        return f"sound:{self.path}"


def samples_of(prompt: Prompt) -> npt.NDArray[np.int16]:
    """Read the samples of a prompt, at WIDE hertz. Raises OSError."""
    return np.fromfile(f"{prompt.path}.sln16", "<i2").astype(np.int16)


class PromptSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of prompts; sizes in bytes, times in seconds."""

    max_bytes: int = 20_000_000
    fetch_seconds: float = 10.0
    """The time limit of a fetch, redirects included."""
    max_redirects: int = 3
    max_seconds: float = 600.0
    """The maximum length of a prompt."""
    fresh_seconds: float = 60.0
    """For how long a URL is played from the cache without revalidation, if its server sends no freshness."""
    unsaid_seconds: float = 5.0
    """The same if the server sent an ETag or a Last-Modified, which make revalidation cheap."""
    longest_fresh_seconds: float = 86_400.0
    """The maximum of the freshness that a server may set."""
    asking_seconds: float = 1.0
    """How long a call waits for a revalidation before it plays the cached audio."""
    failure_seconds: float = 5.0
    """For how long a failure is not tried again."""
    stale_seconds: float = 3600.0
    """For how long the last good audio is played while its server is down."""
    uploads: Path | None = None
    """The folder of uploaded files; None: uploads are refused."""
    cache_bytes: int = 2_000_000_000
    media_root: Path | None = None
    """The folder in which file:// prompts must be; None: file:// is refused."""
    max_text: int = 600
    speech_seconds: float = 20.0
    """The time limit of a speech engine for one text."""
