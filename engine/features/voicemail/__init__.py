"""Voicemail: boxes of accounts, their greetings, and the messages that callers leave."""
