"""Revisions of the tables of caller ids."""
