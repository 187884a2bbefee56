"""The TingTing dialect."""
