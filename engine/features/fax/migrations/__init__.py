"""Migrations of the tables of faxes."""
