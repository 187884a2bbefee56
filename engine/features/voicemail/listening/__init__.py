"""Listening by telephone: the menu of a box, led as a conversation (engine.calls.conversation)."""
