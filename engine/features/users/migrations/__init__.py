"""Migrations of the tables of users that are not in the call core's."""
