"""Placeholder of the media room until it moves in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Prompt:
    """A prepared prompt: the path Asterisk plays (no extension) and its length in seconds."""

    path: str
    seconds: float
