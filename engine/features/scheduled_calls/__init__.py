"""Calls that are placed at a time."""
