"""Threads: the texts between one of an account's numbers and another number."""
