"""Calendars that users connect, in our own API."""
