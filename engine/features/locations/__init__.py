"""Locations: the places of an account."""
