"""Asterisk through ARI: the generated client, the events, and what lasts as async context managers."""
