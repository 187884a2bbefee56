"""Passcodes in our own API: sent, sent again, verified, listed; what an account has set for them."""
