"""Campaigns: many numbers are called or texted with one message, at a pace, within hours, with retries."""
