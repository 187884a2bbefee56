"""The SIP messages of calls in the administrator's API."""
