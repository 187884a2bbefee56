"""What registers here or is called by SIP: extensions and SIP addresses, and what Asterisk is given of them."""
