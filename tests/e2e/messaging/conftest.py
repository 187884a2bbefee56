"""The carrier and phones for texts."""

from tests.support.phone_texts import texter, texts

__all__ = ["texter", "texts"]
