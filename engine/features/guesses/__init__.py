"""Guesses at the secrets that callers enter, such as PINs: how many are looked at, and who is locked out."""
