"""Revisions of the tables of passcodes."""
