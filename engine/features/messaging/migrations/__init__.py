"""Revisions of the tables of texts."""
