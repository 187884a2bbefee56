"""The SIP messages of calls, masked, kept for some hours."""
