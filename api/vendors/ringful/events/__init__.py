"""Ringful's events: the bodies of its callbacks."""
