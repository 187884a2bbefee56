"""The TringMe dialect."""
