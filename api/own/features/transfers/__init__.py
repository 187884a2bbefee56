"""Transfers of calls in our own API: the party of a call is moved to another one."""
