"""Its operations over HTTP."""
