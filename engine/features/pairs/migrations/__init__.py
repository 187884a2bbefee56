"""Revisions of the tables of pairs."""
