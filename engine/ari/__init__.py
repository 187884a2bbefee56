"""Asterisk through ARI: the generated client, the event bus, and playbacks and recordings as async context managers."""
