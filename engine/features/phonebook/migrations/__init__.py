"""Revisions of the table of phonebooks."""
