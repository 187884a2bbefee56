"""Voices: which there are, and how a text sounds without a call."""
