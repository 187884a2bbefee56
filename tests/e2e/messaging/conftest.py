"""Phones for texts, of an account of the test's own."""

from tests.support.phone_texts import office, texter

__all__ = ["office", "texter"]
