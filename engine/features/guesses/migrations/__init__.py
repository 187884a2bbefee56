"""Revisions of the tables of guesses."""
