"""Migrations of the table of files."""
