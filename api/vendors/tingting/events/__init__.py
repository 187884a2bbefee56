"""TingTing's events: its document has none."""
