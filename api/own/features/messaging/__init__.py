"""Texts in our own API and on the command line."""
