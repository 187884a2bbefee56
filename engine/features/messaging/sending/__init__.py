"""Sends what is queued: a sender for each carrier, and the end of what waited too long."""
