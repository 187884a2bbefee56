"""Caller ids in our own API: proved by a code, listed, chosen as default, removed."""
