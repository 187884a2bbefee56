"""Migrations of the table of statuses."""
