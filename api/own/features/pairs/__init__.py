"""Pairs in our own API and on the command line: two parties that are called and connected."""
