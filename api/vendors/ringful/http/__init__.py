"""Ringful's operations over HTTP: paths, what requests say, what is answered."""
