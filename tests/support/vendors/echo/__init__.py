"""A vendor that exists in tests only: the smallest one with all rooms."""
