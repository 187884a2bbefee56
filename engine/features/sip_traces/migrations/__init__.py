"""Revisions of the table of SIP traces."""
