"""TingTing's operations over HTTP: those of its document, and those of its newer API."""
