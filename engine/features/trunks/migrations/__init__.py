"""Revisions of the table of trunks' host names."""
