"""Revisions of the tables of campaigns."""
