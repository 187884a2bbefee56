"""Faxes in our own API."""
