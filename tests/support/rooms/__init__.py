"""Capabilities' rooms in our own API, for tests: the smallest example of each."""
