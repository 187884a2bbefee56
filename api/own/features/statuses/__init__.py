"""Statuses of users in our own API."""
