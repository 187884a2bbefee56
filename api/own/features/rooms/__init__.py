"""Rooms in our own API."""
