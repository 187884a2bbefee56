"""Rooms: conferences of an account that callers enter with a PIN."""
