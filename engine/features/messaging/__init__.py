"""Texts: sent and received by SMPP and by SIP MESSAGE."""
