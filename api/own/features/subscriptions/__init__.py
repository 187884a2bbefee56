"""Subscriptions in our own API."""
