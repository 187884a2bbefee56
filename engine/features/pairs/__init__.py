"""Pairs: two parties are called one after the other and connected (click-to-call)."""
