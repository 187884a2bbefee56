"""Migrations of the table of meetings."""
