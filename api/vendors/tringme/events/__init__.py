"""TringMe's events: the fields of its notifications."""
