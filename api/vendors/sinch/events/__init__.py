"""Sinch's events: the bodies of its callbacks, and its questions."""
