"""Calls and what happens in them: knows no customer's server and no vendor."""
