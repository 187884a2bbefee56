"""Texts between phones: SIP MESSAGE through Asterisk (RFC 3428)."""
