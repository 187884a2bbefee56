"""Voices and spoken texts in our own API."""
