"""Files in our own API: uploaded, listed, fetched, deleted."""
