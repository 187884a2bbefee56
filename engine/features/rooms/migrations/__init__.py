"""Revisions of the tables of rooms."""
