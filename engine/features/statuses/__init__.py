"""Statuses of users: what others are shown of whether they can be reached."""
