"""Meetings: rooms that a browser enters by a link, and a phone by a number and a PIN."""
