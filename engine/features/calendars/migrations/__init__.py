"""Migrations of the tables of calendars."""
