"""Trunks to carriers: what Asterisk is given of them, where their calls come from, and what reached nobody."""
