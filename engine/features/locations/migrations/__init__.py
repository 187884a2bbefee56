"""Revisions of the table of locations."""
