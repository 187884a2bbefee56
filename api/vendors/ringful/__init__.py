"""The Ringful dialect."""
