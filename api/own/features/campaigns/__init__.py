"""Campaigns in our own API and on the command line: many numbers that are called or texted with one message."""
