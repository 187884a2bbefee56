"""The carrier and phones for texts."""

from tests.support.texts import texter, texts

__all__ = ["texter", "texts"]
