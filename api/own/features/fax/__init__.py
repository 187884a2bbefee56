"""Faxes in our own API: sent, listed, fetched as documents; boxes that faxes come into."""
