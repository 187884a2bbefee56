"""Revisions of the table of details."""
