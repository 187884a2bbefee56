"""Meetings in our own API, and the page by which a browser enters one."""
