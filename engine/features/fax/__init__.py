"""Faxes: documents sent to fax machines, again where that fails, and received from them."""
