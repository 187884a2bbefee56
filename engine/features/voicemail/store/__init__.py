"""Voicemail in the database."""
