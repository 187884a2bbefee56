"""The Sinch Calling dialect."""
