"""Caller ids: numbers of others that an account proved to be its own, so that it may show them."""
