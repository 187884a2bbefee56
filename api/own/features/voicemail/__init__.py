"""Voicemail in our own API."""
