"""Subscriptions: which events of an account are delivered, and where to."""
