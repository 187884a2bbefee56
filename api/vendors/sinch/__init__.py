"""The Sinch Calling dialect: what can be said of it without a running call. Not mounted yet."""
