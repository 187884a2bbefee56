"""Passcodes: one-time codes that prove a phone number to a customer's program, sent by text or spoken in a call."""
